import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { EarlyPresses } from "./_components/early-presses";
import { GlyphSheet } from "./_components/glyph";
import { TRPCProvider } from "./_trpc/provider";
import "./globals.css";
import { NONCE_HEADER } from "./nonce-header";

/**
 * The letters that nearly every page is written in are asked for with the page itself, and a page that they come too late for stays in
 * the device's own: text that changes its letters moves what stands below it. Other scripts stand in styles/faces.css.
 */
const latin = localFont({
  src: "../node_modules/@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2",
  weight: "200 900",
  display: "optional",
  variable: "--face-latin",
  declarations: [
    {
      prop: "unicode-range",
      value:
        "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    },
  ],
});

export const metadata: Metadata = {
  title: { default: "Rollcall", template: "%s – Rollcall" },
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = (await cookies()).get("theme")?.value;
  return (
    <html
      lang="en"
      className={latin.variable}
      data-theme={theme === "light" || theme === "dark" ? theme : undefined}
      suppressHydrationWarning
    >
      <body data-env="none">
        <GlyphSheet />
        <TRPCProvider>{children}</TRPCProvider>
        <EarlyPresses nonce={(await headers()).get(NONCE_HEADER) ?? undefined} />
      </body>
    </html>
  );
}
