"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import type { Outputs } from "@/app/_trpc/outputs";

type Promotion = NonNullable<Outputs["promotions"]["get"]["promotion"]>;

const EVERY_MS = 2_000;
/** Somebody else decides in their own time. */
const WAITING_MS = 10_000;

/** While something is computed, decided or applied, the page looks again by itself. */
export function WatchPromotion({ promotion }: { promotion: Promotion }) {
  const router = useRouter();
  const { state, preparedAt } = promotion;
  const isComputing = (state === "confirmed" || state === "requested") && preparedAt === null;
  const everyMs = isComputing || state === "approved" || state === "applying" ? EVERY_MS : state === "requested" ? WAITING_MS : null;
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(() => router.refresh(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, router]);
  return null;
}
