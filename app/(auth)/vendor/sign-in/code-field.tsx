"use client";

import { useId } from "react";

interface CodeFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** A time code is digits, which phones show a pad for; a recovery code has letters. */
  digits?: boolean;
}

/** A short code. Pasting is allowed, and password managers may fill it in. */
export function CodeField({ label, value, onChange, digits = true }: CodeFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input mono"
        autoComplete={digits ? "one-time-code" : "off"}
        inputMode={digits ? "numeric" : "text"}
        autoCapitalize={digits ? undefined : "characters"}
        spellCheck={false}
        required
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  );
}
