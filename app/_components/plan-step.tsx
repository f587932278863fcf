"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Inputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { failureText } from "./failure";
import { Note } from "./note";

interface PlanStepProps {
  plan: { side: "institution" | "vendor"; institution: string };
  line: { step: Inputs["onboarding"]["planStep"]["step"]; title: string; owner: string | null; dueOn: string | null };
}

/** Says who does a step, and by when; the other side sees it at once. */
export function PlanStep({ plan, line }: PlanStepProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [owner, setOwner] = useState(line.owner ?? "");
  const [dueOn, setDueOn] = useState(line.dueOn ?? "");
  const onSuccess = () => {
    setOpen(false);
    router.refresh();
  };
  const own = useMutation(trpc.onboarding.planStep.mutationOptions({ onSuccess }));
  const theirs = useMutation(trpc.onboarding.vendorPlanStep.mutationOptions({ onSuccess }));
  const save = plan.side === "institution" ? own : theirs;
  const formId = `plan-${line.step}`;
  return (
    <>
      <Button size="sm" kind="quiet" aria-label={`Who and when: ${line.title}`} onClick={() => setOpen(true)}>
        Who and when…
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={null}
        title={line.title}
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button type="submit" form={formId} kind="go" aria-disabled={save.isPending}>
              Save
            </Button>
          </>
        }
      >
        <form
          id={formId}
          className="stack dialog-part"
          onSubmit={(event) => {
            event.preventDefault();
            const said = { institution: plan.institution, step: line.step, owner: owner.trim() || null, dueOn: dueOn || null };
            if (!save.isPending) save.mutate(said);
          }}
        >
          <div className="field">
            <label htmlFor={`${formId}-owner`}>Who does it: a person or a team</label>
            <input
              id={`${formId}-owner`}
              className="input"
              maxLength={100}
              value={owner}
              onChange={(event) => setOwner(event.currentTarget.value)}
              dir="auto"
            />
          </div>
          <div className="field">
            <label htmlFor={`${formId}-due`}>By when</label>
            <input
              id={`${formId}-due`}
              className="input"
              type="date"
              value={dueOn}
              onChange={(event) => setDueOn(event.currentTarget.value)}
            />
          </div>
          <p className="small soft">Both sides see it. A step is done when it has happened; nobody ticks it off.</p>
          {save.error ? (
            <Note tone="bad" role="alert">
              <p>{failureText(save.error)}</p>
            </Note>
          ) : null}
        </form>
      </Dialog>
    </>
  );
}
