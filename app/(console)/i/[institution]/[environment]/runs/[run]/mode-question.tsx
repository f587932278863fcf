"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import type { EnvironmentName } from "@/server/roster/run";

interface ModeQuestionProps {
  place: { institution: string; environment: EnvironmentName };
  feed: { id: number; name: string };
  question: { files: readonly string[] } | null;
  /** The manifest says one thing and the rows say another. */
  contradicts: boolean;
  canAnswer: boolean;
}

/** The one question that only a person can answer: are these files everything, or only what changed? The feed keeps the answer. */
export function ModeQuestion({ place, feed, question, contradicts, canAnswer }: ModeQuestionProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [mode, setMode] = useState<"bulk" | "delta" | null>(null);
  const answer = useMutation(trpc.feeds.setMode.mutationOptions());
  const start = useMutation(trpc.runs.start.mutationOptions());
  if (!question) return null;

  async function keep(chosen: "bulk" | "delta", files: readonly string[]) {
    let delivery: string | undefined;
    for (const file of files) {
      const kept = await answer.mutateAsync({ institution: place.institution, feed: feed.id, file, mode: chosen });
      delivery = kept.prepareAgain?.delivery ?? delivery;
    }
    const { number } = await start.mutateAsync({ ...place, feed: feed.id, delivery, kind: "full", autoCommit: false });
    router.push(`/i/${place.institution}/${place.environment}/runs/${number}`);
  }
  const error = answer.error ?? start.error;
  const isBusy = answer.isPending || start.isPending;
  return (
    <section className="section sheet" aria-labelledby="mode">
      <div className="pad stack">
        <h2 id="mode">One question: do these files hold everyone, or only what changed?</h2>
        <p>
          {contradicts
            ? `The manifest calls ${question.files.join(", ")} a full list, but rows have a status, which only lists of changes should have.`
            : `Every row of ${question.files.join(", ")} is marked active, which some systems do in full exports and others only in lists of changes.`}{" "}
          To be safe we read them as changes only, so <b>nobody was archived</b>.
        </p>
        {canAnswer ? (
          <fieldset className="plain">
            <legend className="label">Your answer is kept for {feed.name}</legend>
            <label className="opt">
              <input type="radio" name="mode" checked={mode === "bulk"} onChange={() => setMode("bulk")} />
              <span>
                They hold everyone.{" "}
                <span className="sub">
                  Who is not in them any more will be archived, and shown to you before. The plan is prepared anew.
                </span>
              </span>
            </label>
            <label className="opt">
              <input type="radio" name="mode" checked={mode === "delta"} onChange={() => setMode("delta")} />
              <span>
                They hold only what changed.{" "}
                <span className="sub">Nobody is archived for being absent; rows marked to be deleted are.</span>
              </span>
            </label>
          </fieldset>
        ) : (
          <p className="soft">Ask an admin to answer it.</p>
        )}
        {error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(error)}</p>
          </Note>
        ) : null}
        {canAnswer ? (
          <p className="row wrap">
            <Button
              kind="go"
              aria-disabled={mode === null || isBusy}
              onClick={() => {
                if (mode !== null && !isBusy) void keep(mode, question.files).catch(() => undefined);
              }}
            >
              {isBusy ? "Preparing anew…" : "Keep this answer and prepare anew"}
            </Button>
            <span className="small soft">{mode === null ? "Choose one of the two first." : "Nothing is written until you commit."}</span>
          </p>
        ) : null}
      </div>
    </section>
  );
}
