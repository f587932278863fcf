"use client";

import { useRouter } from "next/navigation";
import { type RefObject, useEffect, useRef, useState } from "react";
import { Button } from "@/app/_components/button";
import { Dialog } from "@/app/_components/dialog";

const KEPT_AS = "rollcall.keys";

interface KeysProps {
  ids: readonly string[];
  at: string | null;
  table: RefObject<HTMLTableElement | null>;
  onMove: (id: string) => void;
  onToggle: (id: string) => void;
  onOpen: (id: string) => void;
  archivesHref: string;
}

export interface Keys {
  isOn: boolean;
  setOn: (on: boolean) => void;
  isShown: boolean;
  setShown: (shown: boolean) => void;
}

/** Single keys that act on the list. They can be switched off (WCAG 2.1.4), and are dead while somebody types. */
export function useKeys(props: KeysProps): Keys {
  const [isOn, setIsOn] = useState(true);
  const [isShown, setShown] = useState(false);
  const router = useRouter();
  const latest = useRef(props);
  latest.current = props;
  const lastG = useRef(0);
  useEffect(() => setIsOn(localStorage.getItem(KEPT_AS) !== "off"), []);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      if (event.key === "?") {
        event.preventDefault();
        return setShown((shown) => !shown);
      }
      if (!isOn) return;
      const { ids, at, onMove, onToggle, onOpen, table, archivesHref } = latest.current;
      const index = at === null ? -1 : ids.indexOf(at);
      const move = (to: number) => {
        const id = ids[to];
        if (id === undefined) return;
        onMove(id);
        table.current?.querySelector(`[data-row="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" });
      };
      const was = event.timeStamp - lastG.current < 1_500;
      switch (event.key) {
        case "j":
          move(index + 1);
          break;
        case "k":
          move(Math.max(0, index - 1));
          break;
        case "x":
          if (at !== null) onToggle(at);
          break;
        case "e":
          if (at !== null) onOpen(at);
          break;
        case "/":
          document.querySelector<HTMLInputElement>("[data-search]")?.focus();
          break;
        case "g":
          lastG.current = event.timeStamp;
          return;
        case "a":
          if (!was) return;
          router.push(archivesHref, { scroll: false });
          break;
        default:
          return;
      }
      event.preventDefault();
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [isOn, router]);
  return {
    isOn,
    setOn(on) {
      setIsOn(on);
      localStorage.setItem(KEPT_AS, on ? "on" : "off");
    },
    isShown,
    setShown,
  };
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("dialog")) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

const KEYS = [
  [["j", "k"], "move", "next and previous change"],
  [["x"], "tick", "tick or untick the change"],
  [["e"], "open", "open or close its details"],
  [["/"], "search", "search these changes"],
  [["g", "a"], "archives", "one after the other: only archives"],
] as const;

/** The keys in a line, and the switch that turns them off. */
export function KeyHints({ keys }: { keys: Keys }) {
  return (
    <div className="hints push only-wide">
      {keys.isOn
        ? KEYS.map(([names, word]) => (
            <span key={word}>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}{" "}
              {word}
            </span>
          ))
        : null}
      <button type="button" className="hint-switch" aria-haspopup="dialog" onClick={() => keys.setShown(true)}>
        <kbd>?</kbd> keys
      </button>
      <button type="button" className="hint-switch" onClick={() => keys.setOn(!keys.isOn)}>
        {keys.isOn ? "Switch keys off" : "Switch keys on"}
      </button>
      <Dialog
        open={keys.isShown}
        onClose={() => keys.setShown(false)}
        environment={null}
        title="Keys of this list"
        footer={
          <Button data-first kind="go" onClick={() => keys.setShown(false)}>
            Close
          </Button>
        }
      >
        <p className="small dialog-part">
          {keys.isOn ? "Keys are on. They rest while you type." : "Keys are off, but for the question mark."}
        </p>
        <dl className="key-list">
          {KEYS.map(([names, word, meaning]) => (
            <div key={word}>
              <dt>
                {names.map((name) => (
                  <kbd key={name}>{name}</kbd>
                ))}
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
          <div>
            <dt>
              <kbd>?</kbd>
            </dt>
            <dd>this list</dd>
          </div>
        </dl>
      </Dialog>
    </div>
  );
}
