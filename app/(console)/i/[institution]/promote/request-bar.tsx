"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { ConfirmDialog } from "@/app/_components/confirm-dialog";
import { count, counted } from "@/app/_components/counting";
import { Env } from "@/app/_components/env";
import { failureText } from "@/app/_components/failure";
import { sumsOf } from "@/app/_components/promotion-words";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";

type Page = Outputs["promotions"]["get"];

interface RequestBarProps {
  institution: string;
  page: Page;
}

/** The foot of the page: what would be asked for, and the button that asks or takes it back. */
export function RequestBar({ institution, page }: RequestBarProps) {
  const { promotion, preview } = page;
  const state = promotion?.state ?? null;
  if (state === "approved" || state === "applying" || state === "live") return null;
  const isAsked = state === "requested";
  const difference = promotion?.difference && !promotion.isStale ? sumsOf(promotion.difference) : null;
  const records = difference?.preview ?? recordsOf(preview.counts);
  return (
    <section className="commit" aria-label="Request Production">
      <div className="what">
        <p>
          <Env name="preview" /> commit {isAsked ? promotion?.snapshotSeq : preview.headSeq} &nbsp;→&nbsp; <Env name="production" /> &nbsp;
          <b>
            {counted(records, "record")}
            {difference ? (difference.archive === 0 ? ", nothing archived" : `, ${count(difference.archive)} archived`) : ""}
          </b>
        </p>
        <p className="sub">
          {isAsked ? "Waiting for the vendor. " : ""}A newer commit in Preview withdraws this request. It expires after 14 days.
        </p>
      </div>
      {isAsked ? <Withdraw institution={institution} /> : <Ask institution={institution} seq={preview.headSeq} />}
    </section>
  );
}

const recordsOf = (counts: Readonly<Record<string, number>>): number =>
  ["orgs", "academicSessions", "courses", "classes", "users", "enrollments", "relationships"].reduce(
    (sum, key) => sum + (counts[key] ?? 0),
    0,
  );

function Ask({ institution, seq }: { institution: string; seq: number }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const [hasCounted, setCounted] = useState(false);
  const request = useMutation(
    trpc.promotions.request.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        router.refresh();
      },
    }),
  );
  return (
    <>
      <Button kind="go" onClick={() => setOpen(true)}>
        Confirm and request <Env name="production" more="…" />
      </Button>
      <ConfirmDialog
        open={open}
        onClose={() => setOpen(false)}
        environment="production"
        title={`Confirm commit ${seq} and ask for Production?`}
        confirm={{
          word: "Confirm and request",
          kind: "go",
          isReady: hasCounted && !request.isPending && !request.isSuccess,
          because: hasCounted ? undefined : "not-counted",
          onPress: () => request.mutate({ institution, seq, note: note.trim() || undefined }),
        }}
        failure={request.error}
      >
        <ul className="small stack consequences">
          <li>
            <b>Somebody else of the vendor decides.</b> They see the same snapshot and how it differs from Production.
          </li>
          <li>Until they decide, Preview prepares plans and commits nothing by itself.</li>
          <li>Nothing reaches classrooms before they approve.</li>
        </ul>
        <label className="opt dialog-part">
          <input type="checkbox" checked={hasCounted} onChange={(event) => setCounted(event.currentTarget.checked)} />
          <span>The counts agree with our SIS, and we looked at a sample.</span>
        </label>
        {hasCounted ? null : (
          <span className="vh" id="not-counted">
            Confirm the point above first
          </span>
        )}
        <div className="field dialog-part">
          <label htmlFor="note">Note to the approver (may stay empty)</label>
          <textarea
            id="note"
            className="input"
            rows={2}
            maxLength={2000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        </div>
      </ConfirmDialog>
    </>
  );
}

function Withdraw({ institution }: { institution: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const withdraw = useMutation(trpc.promotions.withdraw.mutationOptions({ onSettled: () => router.refresh() }));
  return (
    <>
      {withdraw.error ? (
        <span role="alert" className="small">
          {failureText(withdraw.error)}
        </span>
      ) : null}
      <Button aria-disabled={withdraw.isPending} onClick={() => withdraw.mutate({ institution })}>
        Take the request back
      </Button>
    </>
  );
}
