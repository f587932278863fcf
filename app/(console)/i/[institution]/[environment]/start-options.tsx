"use client";

import { useId } from "react";
import { environmentWord } from "@/app/_components/env";
import type { EnvironmentName, RunKind } from "@/server/roster/run";
import { SchoolChoice } from "./school-choice";
import type { StartScope } from "./start-scope";

/** How a run is to be made. `schools` null means all of them. */
export interface StartChoice {
  kind: RunKind;
  autoCommit: boolean;
  schools: readonly string[] | null;
}

interface StartOptionsProps {
  environment: EnvironmentName;
  /** Nothing was ever committed here, so there is nothing that a quick run could trust. */
  isFirst: boolean;
  scope: StartScope;
  choice: StartChoice;
  onChange: (choice: StartChoice) => void;
}

/** The first run is full whatever is asked; after it, quick is the ordinary one. */
export const usualChoice = (isFirst: boolean): StartChoice => ({ kind: isFirst ? "full" : "quick", autoCommit: false, schools: null });

/** Full or quick, commit without review, and which schools: each with what it leads to. */
export function StartOptions({ environment, isFirst, scope, choice, onChange }: StartOptionsProps) {
  const id = useId();
  return (
    <div className="stack start-options">
      <fieldset className="plain">
        <legend className="label">How much to compare</legend>
        <label className="opt">
          <input
            type="radio"
            name={`${id}-kind`}
            checked={choice.kind === "quick"}
            disabled={isFirst}
            onChange={() => onChange({ ...choice, kind: "quick" })}
          />
          <span>
            Quick <span className="sub">Reads every file, compares only lines that differ from the last committed sync.</span>
          </span>
        </label>
        <label className="opt">
          <input type="radio" name={`${id}-kind`} checked={choice.kind === "full"} onChange={() => onChange({ ...choice, kind: "full" })} />
          <span>
            Full <span className="sub">Compares every line with the roster itself, and so also finds what was edited by hand.</span>
          </span>
        </label>
        {isFirst ? <p className="hint">The first sync is always Full: there is no earlier commit to compare with.</p> : null}
      </fieldset>
      <SchoolChoice scope={scope} chosen={choice.schools} onChange={(chosen) => onChange({ ...choice, schools: chosen })} />
      <label className="opt">
        <input
          type="checkbox"
          checked={choice.autoCommit}
          onChange={(event) => onChange({ ...choice, autoCommit: event.currentTarget.checked })}
        />
        <span>
          Commit without review
          <span className="sub">
            {choice.autoCommit
              ? `The changes go into ${environmentWord(environment)} as soon as they are prepared, and nobody looks at them first. A hold still stops the run, and a change that was refused before stays out.`
              : "Off: you see every change first, and nothing is written until you commit."}
          </span>
        </span>
      </label>
    </div>
  );
}
