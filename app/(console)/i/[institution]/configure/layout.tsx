import type { ReactNode } from "react";
import ConsoleLayout, { generateMetadata as metadataOfConsole } from "../[environment]/layout";

interface LayoutProps {
  params: Promise<{ institution: string }>;
  children: ReactNode;
}

/** Settings are drafted in Preview and reach Production by a promotion, so they stand in Preview's frame. */
const inPreview = async (params: LayoutProps["params"]) => ({ ...(await params), environment: "preview" });

export const generateMetadata = ({ params, children }: LayoutProps) => metadataOfConsole({ params: inPreview(params), children });

export default function ConfigureLayout({ params, children }: LayoutProps) {
  return <ConsoleLayout params={inPreview(params)}>{children}</ConsoleLayout>;
}
