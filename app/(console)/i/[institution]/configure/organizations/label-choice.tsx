"use client";

import { useMutation } from "@tanstack/react-query";
import { failureText } from "@/app/_components/failure";
import { useTRPC } from "@/app/_trpc/provider";
import { LABEL_CHOICES, LABEL_KEYS, type LabelWords } from "@/server/roster/labels";
import { useAnew } from "./use-anew";

interface LabelChoiceProps {
  institution: string;
  words: LabelWords;
  canEdit: boolean;
}

/** What the pages call schools, teachers, students and classes. */
export function LabelChoice({ institution, words, canEdit }: LabelChoiceProps) {
  const trpc = useTRPC();
  const set = useMutation(trpc.organizations.setLabels.mutationOptions(useAnew()));
  return (
    <div className="stack">
      <div className="row wrap">
        {LABEL_KEYS.map((key) => (
          <div key={key} className="field">
            <label htmlFor={`label-${key}`}>{LABEL_CHOICES[key][0].title}</label>
            <select
              id={`label-${key}`}
              className="input sm"
              value={words[key].title}
              disabled={!canEdit || set.isPending}
              onChange={(event) => set.mutate({ institution, labels: { [key]: event.currentTarget.value } })}
            >
              {LABEL_CHOICES[key].map(({ title }) => (
                <option key={title}>{title}</option>
              ))}
            </select>
          </div>
        ))}
      </div>
      <p className="hint">Only words change: files, keys and what is sent to your product stay as they are.</p>
      {set.error ? (
        <p role="alert" className="err">
          {failureText(set.error)}
        </p>
      ) : null}
    </div>
  );
}
