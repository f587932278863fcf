"use client";

import { useEffect, useRef } from "react";
import { useHydrated } from "./use-hydrated";

interface TickProps {
  /** `some` is the third state: a dash. Pressing it turns everything on. */
  state: "all" | "some" | "none";
  label: string;
  onChange: (on: boolean) => void;
  describedBy?: string;
  disabled?: boolean;
}

/**
 * A check box with three states and a target of 24 px. Until the page's code is there it rests, since the browser would show a
 * tick that nobody keeps; a press in that time waits (early-presses.tsx).
 */
export function Tick({ state, label, onChange, describedBy, disabled = false }: TickProps) {
  const isHydrated = useHydrated();
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = state === "some";
  }, [state]);
  return (
    <label className="tick">
      <input
        ref={box}
        type="checkbox"
        checked={state === "all"}
        aria-label={label}
        aria-describedby={describedBy}
        disabled={disabled || !isHydrated}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  );
}
