"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { UndoButton } from "../[environment]/runs/[run]/undo-button";

type Page = Outputs["promotions"]["get"];

/** Once Production is live: the last confirmation, and the way back from the same page. */
export function LivePanel({ institution, name, page }: { institution: string; name: string; page: Page }) {
  const trpc = useTRPC();
  const router = useRouter();
  const confirm = useMutation(trpc.promotions.confirmLive.mutationOptions({ onSettled: () => router.refresh() }));
  const { promotion, run } = page;
  if (promotion === null || run === null || (promotion.state !== "live" && promotion.state !== "confirmedLive")) return null;
  return (
    <section className="section sheet" aria-labelledby="live">
      <div className="pad">
        <h2 id="live">{promotion.state === "live" ? "Your last word" : "If it goes wrong"}</h2>
        <p className="soft">
          <Link href={`/i/${institution}/production/runs/${run}`}>Run {run}</Link> brought Preview commit {promotion.snapshotSeq} to
          Production. A rollback is a plan that you review; it pauses automatic runs and erases nobody.
        </p>
        {confirm.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(confirm.error)}</p>
          </Note>
        ) : null}
        <div className="row wrap aside-action">
          {promotion.state === "live" && page.canRequest ? (
            <Button
              kind="go"
              aria-disabled={confirm.isPending || confirm.isSuccess}
              onClick={() => confirm.mutate({ institution, promotion: promotion.number })}
            >
              Production is right
            </Button>
          ) : null}
          {page.canUndo ? (
            <UndoButton place={{ institution, environment: "production" }} institutionName={name} number={run} word="Roll back…" />
          ) : null}
        </div>
      </div>
    </section>
  );
}
