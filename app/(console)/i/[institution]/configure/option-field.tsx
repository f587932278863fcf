"use client";

import { useId } from "react";
import { InWords } from "@/app/_components/in-words";
import type { Outputs } from "@/app/_trpc/outputs";
import type { OptionValue } from "@/server/roster/options";
import { optionWord } from "./option-word";

type Option = Outputs["configure"]["get"]["feeds"][number]["options"][number];

interface OptionFieldProps {
  option: Option;
  value: OptionValue;
  isReadOnly: boolean;
  onChange: (value: OptionValue) => void;
}

/** One option with its control, what it does, and its default. */
export function OptionField({ option, value, isReadOnly, onChange }: OptionFieldProps) {
  const id = useId();
  const { label, help, type } = option;
  const isDefault = value === option.default;
  const about = `${id}-about`;
  return (
    <div className="option">
      <div className="field">
        {type.kind === "switch" ? (
          <label className="opt">
            <input
              id={id}
              type="checkbox"
              checked={value === true}
              disabled={isReadOnly}
              aria-describedby={about}
              onChange={(event) => onChange(event.currentTarget.checked)}
            />
            <span>{label}</span>
          </label>
        ) : (
          <label htmlFor={id}>{label}</label>
        )}
        {type.kind === "choice" ? (
          <select
            id={id}
            className="input"
            value={String(value)}
            disabled={isReadOnly}
            aria-describedby={about}
            onChange={(event) => onChange(event.currentTarget.value)}
          >
            {type.choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
          </select>
        ) : null}
        {type.kind === "number" ? (
          <span className="row">
            <input
              id={id}
              className="input sm"
              type="number"
              min={type.min}
              max={type.max}
              value={String(value)}
              disabled={isReadOnly}
              aria-describedby={about}
              onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
            />
            {type.unit}
          </span>
        ) : null}
        <span id={about} className="hint">
          <InWords of={help} />{" "}
          {isDefault ? (
            <span className="muted">This is the default.</span>
          ) : (
            <>
              The default is <b>{optionWord(type, option.default)}</b>.
            </>
          )}
        </span>
      </div>
    </div>
  );
}
