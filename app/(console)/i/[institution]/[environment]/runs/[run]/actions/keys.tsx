"use client";

import { useRouter } from "next/navigation";
import { type RefObject, useRef } from "react";
import { type KeyLine, type Keys, useKeys } from "@/app/_components/keys";

interface ActionKeysProps {
  ids: readonly string[];
  at: string | null;
  table: RefObject<HTMLTableElement | null>;
  onMove: (id: string) => void;
  onToggle: (id: string) => void;
  onOpen: (id: string) => void;
  archivesHref: string;
}

export const ACTION_KEYS: readonly KeyLine[] = [
  [["j", "k"], "move", "next and previous change"],
  [["x"], "tick", "tick or untick the change"],
  [["e"], "open", "open or close its details"],
  [["/"], "search", "search these changes"],
  [["g", "a"], "archives", "one after the other: only archives"],
];

/** The keys of a list of changes. */
export function useActionKeys({ ids, at, table, onMove, onToggle, onOpen, archivesHref }: ActionKeysProps): Keys {
  const router = useRouter();
  const lastG = useRef(0);
  const move = (to: number): void => {
    const id = ids[to];
    if (id === undefined) return;
    onMove(id);
    table.current?.querySelector(`[data-row="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" });
  };
  return useKeys((event) => {
    const index = at === null ? -1 : ids.indexOf(at);
    switch (event.key) {
      case "j":
        move(index + 1);
        return true;
      case "k":
        move(Math.max(0, index - 1));
        return true;
      case "x":
        if (at !== null) onToggle(at);
        return true;
      case "e":
        if (at !== null) onOpen(at);
        return true;
      case "/":
        document.querySelector<HTMLInputElement>("[data-search]")?.focus();
        return true;
      case "g":
        lastG.current = event.timeStamp;
        return false;
      case "a": {
        const isAfterG = event.timeStamp - lastG.current < 1_500;
        if (isAfterG) router.push(archivesHref, { scroll: false });
        return isAfterG;
      }
      default:
        return false;
    }
  });
}
