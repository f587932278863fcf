"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { count, counted } from "@/app/_components/counting";
import { Dialog } from "@/app/_components/dialog";
import { Env } from "@/app/_components/env";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { sumsOf } from "@/app/_components/promotion-words";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";

type Approval = Outputs["vendor"]["approvals"]["get"];

/** The foot of an open request: what approving would do, and the three answers. */
export function DecisionBar({ approval }: { approval: Approval }) {
  const { promotion, institution, drift } = approval;
  const sums = promotion.difference === null ? null : sumsOf(promotion.difference);
  const [accepts, setAccepts] = useState(false);
  const drifted = drift?.total ?? 0;
  const whyNot = reasonNot(approval) ?? (drifted > 0 && !accepts ? "Read the drift and accept it first." : null);
  return (
    <section className="commit" aria-label="Decision">
      <div className="what">
        <p>
          <Env name="production" /> &nbsp;
          <b>
            {sums === null ? (
              "The difference is still being computed."
            ) : (
              <>
                {counted(sums.add + sums.reactivate, "record")} will be added for <bdi>{institution.name}</bdi>, {count(sums.edit)} edited.{" "}
                {sums.archive === 0 ? "Nothing is archived." : `${counted(sums.archive, "record is", "records are")} archived.`}
              </>
            )}
          </b>
        </p>
        <p className="sub" id="decision-hint">
          {whyNot ?? "If Preview or Production moves before you press, nothing happens and you are told."}
        </p>
        {drifted > 0 && approval.may.decide ? (
          <label className="opt">
            <input type="checkbox" checked={accepts} onChange={(event) => setAccepts(event.currentTarget.checked)} />
            <span>
              <b>
                I have read the {counted(drifted, "change")} of the drift and accept {drifted === 1 ? "it" : "them"}.
              </b>{" "}
              <span className="soft">Written into the approval with your name.</span>
            </span>
          </label>
        ) : null}
      </div>
      {approval.may.decide ? (
        <>
          <Refuse approval={approval} />
          <Approve approval={approval} whyNot={whyNot} />
        </>
      ) : null}
    </section>
  );
}

function reasonNot({ may, promotion, working, undoing }: Approval): string | null {
  if (!may.decide) return may.whyNot;
  if (promotion.isStale) return "Preview has moved since; this request ends.";
  if (promotion.snapshotDigest === null || promotion.difference === null) return "The difference is still being computed.";
  if (working !== null) return `Run ${working} is under way in their Preview. Decide when its changes are known.`;
  if (undoing !== null) return `An undo (run ${undoing}) waits in their Preview. It has to be decided first.`;
  return null;
}

function Approve({ approval, whyNot }: { approval: Approval; whyNot: string | null }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const { promotion, institution, drift } = approval;
  const approve = useMutation(
    trpc.vendor.approvals.approve.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        router.refresh();
      },
    }),
  );
  return (
    <>
      <Button kind="go" aria-disabled={whyNot !== null} aria-describedby="decision-hint" onClick={() => setOpen(true)}>
        Approve for <Env name="production" more="…" />
      </Button>
      <Dialog
        open={open}
        onClose={() => {
          setOpen(false);
          if (approve.error) router.refresh();
        }}
        environment="production"
        title={
          <>
            Let <bdi>{institution.name}</bdi> go live?
          </>
        }
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button
              kind="go"
              aria-disabled={approve.isPending || approve.isSuccess}
              onClick={() =>
                approve.mutate({
                  promotion: approval.id,
                  digest: promotion.snapshotDigest ?? "",
                  drift: drift === null ? null : { run: drift.run, selectionVersion: drift.selectionVersion, total: drift.total },
                })
              }
            >
              Approve for Production
            </Button>
          </>
        }
      >
        <ul className="small stack consequences">
          <li>
            <b>Preview commit {promotion.snapshotSeq} becomes Production in one step</b>, with the feeds' settings and what the institution
            left out.
          </li>
          <li>
            Then the newest files are prepared against Production{drift && drift.total > 0 ? ", with the drift that you accepted" : ""}.
          </li>
          <li>Automatic runs are switched on, and the institution is asked for its last word.</li>
        </ul>
        {approve.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(approve.error)}</p>
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}

function Refuse({ approval }: { approval: Approval }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const done = {
    onSuccess: () => {
      setOpen(false);
      router.refresh();
    },
  };
  const ask = useMutation(trpc.vendor.approvals.askChanges.mutationOptions(done));
  const reject = useMutation(trpc.vendor.approvals.reject.mutationOptions(done));
  const isShut = reason.trim().length < 3 || ask.isPending || reject.isPending;
  const failure = ask.error ?? reject.error;
  const answer = { promotion: approval.id, reason: reason.trim() };
  return (
    <>
      <Button onClick={() => setOpen(true)}>Request changes…</Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={null}
        title={
          <>
            What should <bdi>{approval.institution.name}</bdi> change?
          </>
        }
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button kind="danger" aria-disabled={isShut} onClick={() => !isShut && reject.mutate(answer)}>
              Reject for good
            </Button>
            <Button kind="go" aria-disabled={isShut} onClick={() => !isShut && ask.mutate(answer)}>
              Request changes
            </Button>
          </>
        }
      >
        <p className="small dialog-part">
          They read this and confirm again; Production does not change. Rejecting ends this promotion, and they may begin another.
        </p>
        <div className="field dialog-part">
          <label htmlFor="refuse-reason">What to change, or why not</label>
          <textarea
            id="refuse-reason"
            className="input"
            rows={3}
            maxLength={2000}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </div>
        {failure ? (
          <Note tone="bad" role="alert">
            <p>{failureText(failure)}</p>
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}
