"use client";

import { useId, useState } from "react";
import { counted } from "@/app/_components/counting";
import { environmentWord } from "@/app/_components/env";
import { useLabelWords } from "@/app/_components/label-words";
import { Value } from "@/app/_components/value";
import type { EnvironmentName, RunKind } from "@/server/roster/run";

/** How a run is to be made. `schools` null means all of them. */
export interface StartChoice {
  kind: RunKind;
  autoCommit: boolean;
  schools: readonly string[] | null;
}

export interface StartSchool {
  key: string;
  name: string;
}

interface StartOptionsProps {
  environment: EnvironmentName;
  /** Nothing was ever committed here, so there is nothing that a quick run could trust. */
  isFirst: boolean;
  schools: readonly StartSchool[];
  choice: StartChoice;
  onChange: (choice: StartChoice) => void;
}

/** The first run is full whatever is asked; after it, quick is the ordinary one. */
export const usualChoice = (isFirst: boolean): StartChoice => ({ kind: isFirst ? "full" : "quick", autoCommit: false, schools: null });

/** Full or quick, commit without review, and which schools: each with what it leads to. */
export function StartOptions({ environment, isFirst, schools, choice, onChange }: StartOptionsProps) {
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
      <SchoolChoice schools={schools} chosen={choice.schools} onChange={(chosen) => onChange({ ...choice, schools: chosen })} />
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

interface SchoolChoiceProps {
  schools: readonly StartSchool[];
  chosen: readonly string[] | null;
  onChange: (chosen: readonly string[] | null) => void;
}

function SchoolChoice({ schools, chosen, onChange }: SchoolChoiceProps) {
  const [text, setText] = useState("");
  const { schools: words, classes } = useLabelWords();
  if (schools.length === 0) return null;
  const shown = schools.filter((school) => school.name.toLowerCase().includes(text.toLowerCase()));
  const toggle = (key: string, on: boolean): void => {
    const next = on ? [...(chosen ?? []), key] : (chosen ?? []).filter((one) => one !== key);
    onChange(next.length === 0 ? null : next);
  };
  return (
    <div>
      <p className="label">{words.title}</p>
      <details className="school-choice">
        <summary className="btn sm">
          {chosen === null
            ? `All ${counted(schools.length, words.one, words.many)}`
            : `${counted(chosen.length, words.one, words.many)} chosen`}
        </summary>
        <div className="stack school-list">
          <p className="hint">
            {chosen === null
              ? "Choose some to sync only those."
              : `Only people, ${classes.many} and enrollments all of whose ${words.many} are chosen may be archived; terms, courses and the district itself never are.`}
          </p>
          <input
            className="input sm"
            type="search"
            placeholder={`Find a ${words.one}`}
            aria-label={`Find a ${words.one}`}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <ul>
            {shown.map((school) => (
              <li key={school.key}>
                <label className="opt">
                  <input
                    type="checkbox"
                    checked={chosen?.includes(school.key) ?? false}
                    onChange={(event) => toggle(school.key, event.currentTarget.checked)}
                  />
                  <Value of={school.name} />
                </label>
              </li>
            ))}
          </ul>
        </div>
      </details>
    </div>
  );
}
