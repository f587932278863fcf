"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { count } from "@/app/_components/counting";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { Section } from "@/app/_components/section";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { BODY_MAX, SUBJECT_MAX, WELCOME_PARTS } from "@/server/roster/welcome";
import { WelcomePreview } from "./welcome-preview";

type Welcome = Outputs["welcome"]["get"];

const PART_WORDS = { students: "Students who are new", teachers: "Teachers who are new", others: "Everybody else who is new" } as const;

const NUMBERS = [
  { key: "waveSize", label: "Mails in a wave", max: 500, help: "At most 500." },
  { key: "waveMinutes", label: "Minutes between two waves", max: 1_440, help: "At least one, so that a wave can be stopped." },
  {
    key: "holdAbove",
    label: "Wait for a person when a commit makes more mails due than",
    max: 1_000_000,
    help: "Nothing is sent until an admin has typed the number.",
  },
] as const;

/** Words, recipients and waves, with how the mail reads beside it. */
export function WelcomeForm({ institution, welcome, canEdit }: { institution: string; welcome: Welcome; canEdit: boolean }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [said, setSaid] = useState(welcome.settings);
  const save = useMutation(trpc.welcome.save.mutationOptions({ onSuccess: () => router.refresh() }));
  const isChanged = JSON.stringify(said) !== JSON.stringify(welcome.settings);
  const parts = WELCOME_PARTS.filter((part) => said.parts.includes(part));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged && !save.isPending) save.mutate({ institution, ...said, parts });
      }}
    >
      <Section id="who" title="Who gets one">
        <fieldset className="stack" disabled={!canEdit}>
          <legend className="vh">Who gets a welcome mail</legend>
          {WELCOME_PARTS.map((part) => (
            <label key={part} className="opt">
              <input
                type="checkbox"
                checked={said.parts.includes(part)}
                onChange={(event) =>
                  setSaid({
                    ...said,
                    parts: event.currentTarget.checked ? [...said.parts, part] : said.parts.filter((one) => one !== part),
                  })
                }
              />
              <span>{PART_WORDS[part]}</span>
            </label>
          ))}
          <label className="opt">
            <input
              type="checkbox"
              checked={said.alsoReturning}
              onChange={(event) => setSaid({ ...said, alsoReturning: event.currentTarget.checked })}
            />
            <span>Also those of them who were archived and come back, if they never got one</span>
          </label>
        </fieldset>
      </Section>
      <Section id="words" title="What it says">
        <div className="cols even">
          <div className="stack">
            <div className="field">
              <label htmlFor="welcome-subject">Subject</label>
              <input
                id="welcome-subject"
                className="input"
                maxLength={SUBJECT_MAX}
                value={said.subject}
                readOnly={!canEdit}
                onChange={(event) => setSaid({ ...said, subject: event.currentTarget.value })}
              />
            </div>
            <div className="field">
              <label htmlFor="welcome-body">Text</label>
              <textarea
                id="welcome-body"
                className="input"
                rows={11}
                maxLength={BODY_MAX}
                value={said.body}
                readOnly={!canEdit}
                aria-describedby="welcome-placeholders"
                onChange={(event) => setSaid({ ...said, body: event.currentTarget.value })}
              />
              <span id="welcome-placeholders" className="hint">
                These stand for each person's own: {welcome.placeholders.map((name) => `{{${name}}}`).join(", ")}. A line is left out for
                whom its word is empty. There is no word for a password: Rollcall has none.
              </span>
            </div>
          </div>
          <WelcomePreview institution={institution} subject={said.subject} body={said.body} />
        </div>
      </Section>
      <Section id="waves" title="How fast">
        <div className="stack options">
          {NUMBERS.map(({ key, label, max, help }) => (
            <div key={key} className="field">
              <label htmlFor={`welcome-${key}`}>{label}</label>
              <input
                id={`welcome-${key}`}
                className="input sm"
                type="number"
                min={1}
                max={max}
                required
                value={Number.isNaN(said[key]) ? "" : said[key]}
                readOnly={!canEdit}
                aria-describedby={`welcome-${key}-help`}
                onChange={(event) => setSaid({ ...said, [key]: event.currentTarget.valueAsNumber })}
              />
              <span id={`welcome-${key}-help`} className="hint">
                {help}
              </span>
            </div>
          ))}
          <p className="hint">The vendor lets {count(welcome.mailsPerHour)} mails an hour go from here, whatever the waves say.</p>
        </div>
      </Section>
      {canEdit ? (
        <div className="section sheet">
          <div className="pad stack">
            <p role="status">
              {isChanged ? "Changed and not saved yet." : welcome.isSaved ? "Everything here is saved." : "These are the defaults."}
            </p>
            {save.error ? (
              <Note tone="bad" role="alert">
                <p>{failureText(save.error)}</p>
              </Note>
            ) : null}
            <div className="row wrap">
              <Button type="submit" kind="go" aria-disabled={!isChanged || save.isPending || parts.length === 0}>
                Save
              </Button>
              {isChanged ? (
                <Button kind="quiet" onClick={() => setSaid(welcome.settings)}>
                  Take back
                </Button>
              ) : null}
            </div>
            <p className="hint">
              {parts.length === 0 ? "Choose who gets one. " : null}What is saved holds for mails that were not handed over yet, in both
              environments.
            </p>
          </div>
        </div>
      ) : null}
    </form>
  );
}
