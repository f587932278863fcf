"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { Button } from "@/app/_components/button";
import { count } from "@/app/_components/counting";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import type { EnvironmentName } from "@/server/roster/run";

interface HoldChoicesProps {
  place: { institution: string; environment: EnvironmentName };
  number: number;
  hold: number;
  reason: { kind: string; count: number; isOfFiles: boolean };
  can: { override: boolean };
}

type Exit = "wait" | "leaveOut" | "approve";

/** The ways out of a hold, each with what it does. Waiting is the first and does nothing. */
export function HoldChoices({ place, number, hold, reason, can }: HoldChoicesProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const id = useId();
  const [exit, setExit] = useState<Exit>("wait");
  const [typed, setTyped] = useState("");
  const override = useMutation(trpc.runs.override.mutationOptions({ onSuccess: () => router.refresh() }));
  const n = count(reason.count);
  const mayLeaveOut = can.override && (reason.kind === "archive" || reason.kind === "edit" || reason.kind === "empty");
  const typedCount = Number(typed.replace(/[,\s]/g, ""));
  const isShut = exit === "wait" || override.isPending || (exit === "approve" && typedCount !== reason.count);
  return (
    <>
      <h3 id={`${id}-title`}>Your choices</h3>
      <div role="radiogroup" aria-labelledby={`${id}-title`} className="stack hold-choices">
        <label className="opt">
          <input type="radio" name={id} checked={exit === "wait"} onChange={() => setExit("wait")} />
          <span>
            <b>{reason.isOfFiles ? "Wait for corrected files." : "Leave it for now."}</b>{" "}
            <span className="soft">Nothing is written; a newer complete run replaces this one.</span>
          </span>
        </label>
        {mayLeaveOut ? (
          <label className="opt">
            <input type="radio" name={id} checked={exit === "leaveOut"} onChange={() => setExit("leaveOut")} />
            <span>
              <b>Leave the {n} out, and review the rest.</b>{" "}
              <span className="soft">They stay as they are and come back in the next run, marked as left out by you.</span>
            </span>
          </label>
        ) : null}
        {can.override ? (
          <label className="opt">
            <input type="radio" name={id} checked={exit === "approve"} onChange={() => setExit("approve")} />
            <span>
              <b>It is right: allow the {n}, this once.</b>{" "}
              <span className="soft">The limit stays for later runs, and your name is kept with this one.</span>
            </span>
          </label>
        ) : null}
      </div>
      {exit === "approve" ? (
        <div className="field hold-typed">
          <label htmlFor={`${id}-typed`}>Type {n} to show that you have seen how many</label>
          <input
            id={`${id}-typed`}
            className="input"
            inputMode="numeric"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
      ) : null}
      {override.error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(override.error)}</p>
        </Note>
      ) : null}
      {exit === "wait" ? null : (
        <p className="row wrap hold-go">
          <Button
            kind="go"
            aria-disabled={isShut}
            onClick={() => {
              if (!isShut) override.mutate({ ...place, run: number, hold, exit, ...(exit === "approve" ? { typedCount } : {}) });
            }}
          >
            {exit === "leaveOut" ? `Leave the ${n} out` : `Allow the ${n}`}
          </Button>
          <span className="small soft">Nothing is committed yet: you decide that below.</span>
        </p>
      )}
    </>
  );
}
