import type { ReactNode } from "react";
import ConsoleLayout, { generateMetadata as metadataOfConsole } from "../[environment]/layout";

interface LayoutProps {
  params: Promise<{ institution: string }>;
  children: ReactNode;
}

/** A promotion begins in Preview, so it stands in Preview's frame. */
const inPreview = async (params: LayoutProps["params"]) => ({ ...(await params), environment: "preview" });

export const generateMetadata = ({ params, children }: LayoutProps) => metadataOfConsole({ params: inPreview(params), children });

export default function PromoteLayout({ params, children }: LayoutProps) {
  return <ConsoleLayout params={inPreview(params)}>{children}</ConsoleLayout>;
}
