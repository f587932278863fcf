"use client";

import { useState } from "react";
import { counted } from "@/app/_components/counting";
import { useLabelWords } from "@/app/_components/label-words";
import { Tick } from "@/app/_components/tick";
import { Value } from "@/app/_components/value";
import type { StartScope } from "./start-scope";

interface SchoolChoiceProps {
  scope: StartScope;
  /** Source keys; null: all of them. */
  chosen: readonly string[] | null;
  onChange: (chosen: readonly string[] | null) => void;
}

/** Which schools a run is over: each by itself, or all of an organization and of those below it. */
export function SchoolChoice({ scope, chosen, onChange }: SchoolChoiceProps) {
  const { schools: words } = useLabelWords();
  if (scope.mode === "single") {
    return (
      <div>
        <p className="label">{words.one.charAt(0).toUpperCase() + words.one.slice(1)}</p>
        <p className="small">
          {scope.school === null ? `This portal is one ${words.one}: all that the files hold is read.` : <Value of={scope.school} />}
        </p>
      </div>
    );
  }
  return scope.schools.length === 0 ? null : <ManySchools scope={scope} chosen={chosen} onChange={onChange} />;
}

function ManySchools({ scope, chosen, onChange }: SchoolChoiceProps & { scope: Extract<StartScope, { mode: "multi" }> }) {
  const [text, setText] = useState("");
  const { schools: words, classes } = useLabelWords();
  const fits = ({ name }: { name: string }): boolean => name.toLowerCase().includes(text.toLowerCase());
  const organizations = scope.organizations.filter(fits);
  const schools = scope.schools.filter(fits);
  const isOn = (key: string): boolean => chosen?.includes(key) ?? false;
  const choose = (keys: readonly string[], on: boolean): void => {
    const others = (chosen ?? []).filter((key) => !keys.includes(key));
    const next = on ? [...others, ...keys] : others;
    onChange(next.length === 0 ? null : next);
  };
  return (
    <div>
      <p className="label">{words.title}</p>
      <details className="school-choice">
        <summary className="btn sm">
          {chosen === null
            ? `All ${counted(scope.schools.length, words.one, words.many)}`
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
          <div className="school-lists">
            {organizations.length === 0 ? null : (
              <>
                <h3 className="small">By organization</h3>
                <ul>
                  {organizations.map(({ id, name, depth, keys }) => {
                    const on = keys.filter(isOn).length;
                    return (
                      <li key={id} className={`row tree-${Math.min(depth, 4)}`}>
                        <Tick
                          state={on === 0 ? "none" : on === keys.length ? "all" : "some"}
                          label={`${name}, ${counted(keys.length, words.one, words.many)}`}
                          onChange={(isChosen) => choose(keys, isChosen)}
                        />
                        <span aria-hidden="true">
                          <Value of={name} /> <span className="muted small">{counted(keys.length, words.one, words.many)}</span>
                        </span>
                      </li>
                    );
                  })}
                </ul>
                <h3 className="small">By {words.one}</h3>
              </>
            )}
            <ul>
              {schools.map((school) => (
                <li key={school.key}>
                  <label className="opt">
                    <input
                      type="checkbox"
                      checked={isOn(school.key)}
                      onChange={(event) => choose([school.key], event.currentTarget.checked)}
                    />
                    <Value of={school.name} />
                  </label>
                </li>
              ))}
            </ul>
            {organizations.length + schools.length === 0 ? <p className="hint">Nothing is called so.</p> : null}
          </div>
        </div>
      </details>
    </div>
  );
}
