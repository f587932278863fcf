"use client";

import { useEffect, useRef } from "react";

interface TickProps {
  /** `some` is the third state: a dash. Pressing it turns everything on. */
  state: "all" | "some" | "none";
  label: string;
  onChange: (on: boolean) => void;
  describedBy?: string;
  disabled?: boolean;
}

/** A check box with three states and a target of 24 px. */
export function Tick({ state, label, onChange, describedBy, disabled = false }: TickProps) {
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
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  );
}
