"use client";

import { KeyHints, type KeyLine, useKeys } from "@/app/_components/keys";

const QUEUE_KEYS: readonly KeyLine[] = [
  [["j", "k"], "move", "next and previous institution"],
  [["o"], "open", "open it, or what waits for a decision there"],
  [["t"], "take", "look after it yourself"],
];

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-queue] tr[data-row]")];

/** The keys of the queue. The row that they are about is the one that has the focus, so that nothing is marked twice. */
export function QueueKeys() {
  const keys = useKeys(({ key }) => {
    const all = rows();
    const at = all.findIndex((row) => row.contains(document.activeElement));
    switch (key) {
      case "j":
        focus(all[Math.min(at + 1, all.length - 1)]);
        return true;
      case "k":
        focus(all[Math.max(at - 1, 0)]);
        return true;
      case "o":
        all[at]?.querySelector<HTMLElement>("[data-open]")?.click();
        return at !== -1;
      case "t":
        all[at]?.querySelector<HTMLElement>("[data-take]")?.click();
        return at !== -1;
      default:
        return false;
    }
  });
  return <KeyHints keys={keys} lines={QUEUE_KEYS} />;
}

function focus(row: HTMLElement | undefined): void {
  row?.querySelector<HTMLElement>("th a")?.focus();
  row?.scrollIntoView({ block: "nearest" });
}
