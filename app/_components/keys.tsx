"use client";

import { useEffect, useRef, useState } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";

const KEPT_AS = "rollcall.keys";

export interface Keys {
  isOn: boolean;
  setOn: (on: boolean) => void;
  isShown: boolean;
  setShown: (shown: boolean) => void;
}

/** Keys that belong together: what is pressed, a word for it, and what it does. */
export type KeyLine = readonly [names: readonly string[], word: string, meaning: string];

/**
 * Single keys that act on a list. They can be switched off, for all lists at once (WCAG 2.1.4), and are dead while somebody
 * types. `press` says whether the key meant anything.
 */
export function useKeys(press: (event: KeyboardEvent) => boolean): Keys {
  const [isOn, setIsOn] = useState(true);
  const [isShown, setShown] = useState(false);
  const latest = useRef(press);
  latest.current = press;
  useEffect(() => setIsOn(localStorage.getItem(KEPT_AS) !== "off"), []);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      if (event.key === "?") {
        event.preventDefault();
        return setShown((shown) => !shown);
      }
      if (isOn && latest.current(event)) event.preventDefault();
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [isOn]);
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

/** The keys in a line, and the switch that turns them off. */
export function KeyHints({ keys, lines }: { keys: Keys; lines: readonly KeyLine[] }) {
  return (
    <div className="hints push only-wide">
      {keys.isOn
        ? lines.map(([names, word]) => (
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
          {lines.map(([names, word, meaning]) => (
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
