"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { removedWords } from "@/app/_components/audit-changes";
import { Button } from "@/app/_components/button";
import { count } from "@/app/_components/counting";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { RETENTION, type RetentionDays, type RetentionKey, retentionKeys } from "@/server/services/data/retention-table";

type Kept = Pick<Outputs["data"]["retention"]["get"], "days" | "most">;

/** How many days each kind is kept, with what would go tonight before anything is saved. */
export function RetentionForm({ institution, kept, canEdit }: { institution: string; kept: Kept; canEdit: boolean }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [texts, setTexts] = useState<Readonly<Record<RetentionKey, string>>>(() => textsOf(kept.days));
  const days = daysOf(texts, kept.most);
  const isChanged = retentionKeys().some((key) => texts[key] !== String(kept.days[key]));
  const [asked, setAsked] = useState<RetentionDays | null>(null);
  const preview = useQuery(
    trpc.data.retention.preview.queryOptions({ institution, days: asked ?? kept.days }, { enabled: asked !== null }),
  );
  const save = useMutation(trpc.data.retention.set.mutationOptions({ onSuccess: () => router.refresh() }));
  const isShown = asked !== null && days !== null && retentionKeys().every((key) => asked[key] === days[key]) && preview.data !== undefined;
  const canSave = isChanged && isShown && !save.isPending;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (days !== null && isShown && isChanged && !save.isPending) save.mutate({ institution, days });
        else if (days !== null) setAsked(days);
      }}
    >
      <table className="ledger mid fold" aria-label="How long things are kept">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Kept for</th>
            <th scope="col" className="num">
              At most
            </th>
          </tr>
        </thead>
        <tbody>
          {retentionKeys().map((key) => (
            <tr key={key}>
              <th scope="row">
                {canEdit ? <label htmlFor={`keep-${key}`}>{RETENTION[key].label}</label> : RETENTION[key].label}
                <span className="sub" id={`keep-${key}-help`}>
                  {RETENTION[key].help}
                </span>
              </th>
              <td data-l="Kept for">
                {canEdit ? (
                  <span className="row">
                    <input
                      id={`keep-${key}`}
                      className="input sm"
                      type="number"
                      inputMode="numeric"
                      required
                      min={RETENTION[key].min}
                      max={kept.most[key]}
                      aria-describedby={`keep-${key}-help`}
                      value={texts[key]}
                      onChange={(event) => setTexts({ ...texts, [key]: event.currentTarget.value })}
                    />
                    days
                  </span>
                ) : (
                  `${count(kept.days[key])} days`
                )}
              </td>
              <td className="num" data-l="At most">
                {count(kept.most[key])} days
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div role="status">
        {isShown ? (
          <Note tone={removedWords(preview.data) === null ? "ok" : "warning"}>
            <p>{goes(removedWords(preview.data))}</p>
          </Note>
        ) : null}
        {save.isSuccess && !isChanged ? <p>Saved. It holds from tonight on.</p> : null}
      </div>
      {preview.error && asked !== null ? <Failed of={preview.error} /> : null}
      {save.error ? <Failed of={save.error} /> : null}
      <div className="row wrap">
        <Button aria-disabled={days === null || preview.isFetching} onClick={() => (days === null ? undefined : setAsked(days))}>
          {preview.isFetching ? "Counting…" : "What would go tonight?"}
        </Button>
        {canEdit ? (
          <Button type="submit" kind="go" aria-disabled={!canSave}>
            {save.isPending ? "Saving…" : "Save"}
          </Button>
        ) : (
          <span className="hint">Only an owner can change these.</span>
        )}
        {canEdit && isChanged && !isShown ? <span className="hint">See first what would go.</span> : null}
      </div>
    </form>
  );
}

function Failed({ of }: { of: Parameters<typeof failureText>[0] }) {
  return (
    <p role="alert" className="err">
      {failureText(of)}
    </p>
  );
}

const goes = (words: string | null): string =>
  words === null ? "Nothing would go tonight." : `Tonight these would go, and do not come back: ${words}.`;

const textsOf = (days: RetentionDays): Readonly<Record<RetentionKey, string>> => ({
  filesDays: String(days.filesDays),
  detailDays: String(days.detailDays),
  historyDays: String(days.historyDays),
  mailDays: String(days.mailDays),
});

/** What is typed, where all of it is a number of days that may be asked for. */
function daysOf(texts: Readonly<Record<RetentionKey, string>>, most: RetentionDays): RetentionDays | null {
  const number = (key: RetentionKey): number => Number(texts[key]);
  const isFine = retentionKeys().every(
    (key) => Number.isInteger(number(key)) && number(key) >= RETENTION[key].min && number(key) <= most[key],
  );
  if (!isFine) return null;
  return {
    filesDays: number("filesDays"),
    detailDays: number("detailDays"),
    historyDays: number("historyDays"),
    mailDays: number("mailDays"),
  };
}
