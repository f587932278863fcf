"use client";

import { useId } from "react";

interface CodeFieldProps {
  label: string;
  /** A time code is digits, which phones show a pad for; a recovery code has letters. */
  digits?: boolean;
}

/** A short code. Pasting is allowed, and password managers may fill it in, also before the page listens. */
export function CodeField({ label, digits = true }: CodeFieldProps) {
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
        name="code"
      />
    </div>
  );
}

/** What was typed into the form's code field. */
export const codeOf = (form: HTMLFormElement): string => String(new FormData(form).get("code") ?? "");
