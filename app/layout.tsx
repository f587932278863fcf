import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { EarlyPresses } from "./_components/early-presses";
import { GlyphSheet } from "./_components/glyph";
import { TRPCProvider } from "./_trpc/provider";
import "./globals.css";
import { NONCE_HEADER } from "./nonce-header";

export const metadata: Metadata = {
  title: { default: "Rollcall", template: "%s – Rollcall" },
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = (await cookies()).get("theme")?.value;
  return (
    <html lang="en" data-theme={theme === "light" || theme === "dark" ? theme : undefined} suppressHydrationWarning>
      <body data-env="none">
        <GlyphSheet />
        <TRPCProvider>{children}</TRPCProvider>
        <EarlyPresses nonce={(await headers()).get(NONCE_HEADER) ?? undefined} />
      </body>
    </html>
  );
}
