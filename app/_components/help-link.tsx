"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { helpHref } from "./help-href";
import { useInstitution } from "./label-words";

/** The way to what a finding means, in the words of the institution around it. */
export function HelpLink({ code, children }: { code: string; children: ReactNode }) {
  return (
    <Link prefetch={false} href={helpHref(useInstitution(), code)}>
      {children}
    </Link>
  );
}
