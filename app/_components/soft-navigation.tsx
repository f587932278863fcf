"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { SOFT } from "./figure-link";

/** Follows the marked anchors of a page as the router's own links are followed; each of those would be a component of its own. */
export function SoftNavigation() {
  const router = useRouter();
  useEffect(() => {
    const follow = (event: MouseEvent) => {
      const anchor = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>(`a[${SOFT}]`) : null;
      const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
      if (anchor === null || !isPlain || event.defaultPrevented) return;
      event.preventDefault();
      router.push(anchor.pathname + anchor.search);
    };
    document.addEventListener("click", follow);
    return () => document.removeEventListener("click", follow);
  }, [router]);
  return null;
}
