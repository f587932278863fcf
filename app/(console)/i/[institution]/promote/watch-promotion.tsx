"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import type { Outputs } from "@/app/_trpc/outputs";

type Promotion = NonNullable<Outputs["promotions"]["get"]["promotion"]>;

const EVERY_MS = 2_000;

/** While something is computed or applied, the page looks again by itself. */
export function WatchPromotion({ promotion }: { promotion: Promotion }) {
  const router = useRouter();
  const { state, preparedAt } = promotion;
  const isComputing = (state === "confirmed" || state === "requested") && preparedAt === null;
  const isMoving = isComputing || state === "approved" || state === "applying";
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => router.refresh(), EVERY_MS);
    return () => clearInterval(timer);
  }, [isMoving, router]);
  return null;
}
