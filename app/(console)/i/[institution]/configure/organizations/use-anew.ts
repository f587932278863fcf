"use client";

import { useRouter } from "next/navigation";

/** What every act of these pages does once it is done: the page is made anew. */
export function useAnew(): { onSuccess: () => void } {
  const router = useRouter();
  return { onSuccess: () => router.refresh() };
}
