"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button, LinkButton } from "@/app/_components/button";
import { counted } from "@/app/_components/counting";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { Enrol } from "./enrol";
import { RecoveryCodes } from "./recovery-codes";

type State = Outputs["secondFactor"]["get"];
const KINDS = { totp: "App that shows codes", passkey: "Passkey" } as const;

/** What a confirmed person may do about their factors: add, take away all but one, get new recovery codes, leave. */
export function Factors({ state, to }: { state: State; to: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [isAdding, setIsAdding] = useState(false);
  const anew = { onSuccess: () => router.refresh() };
  const remove = useMutation(trpc.secondFactor.remove.mutationOptions(anew));
  const leave = useMutation(trpc.secondFactor.leave.mutationOptions(anew));
  const renew = useMutation(trpc.secondFactor.renewRecoveryCodes.mutationOptions());
  const failure = remove.error ?? leave.error ?? renew.error;
  if (renew.data) return <RecoveryCodes codes={renew.data.recoveryCodes} to={to} />;
  return (
    <>
      <p className="row wrap section-go">
        <LinkButton kind="go" href={to}>
          Go to the staff console
        </LinkButton>
        <Button kind="quiet" aria-disabled={leave.isPending} onClick={() => leave.mutate()}>
          Close the staff console here
        </Button>
      </p>
      <section className="section" aria-labelledby="factors">
        <h2 id="factors">Your second factors</h2>
        <ul className="sheet">
          {state.factors.map((factor) => (
            <li key={factor.id} className="pad row wrap">
              <span>
                <bdi className="strong">{factor.label}</bdi>
                <span className="sub">{KINDS[factor.kind]}</span>
              </span>
              {state.factors.length > 1 ? (
                <Button
                  className="push"
                  size="sm"
                  kind="danger"
                  aria-disabled={remove.isPending}
                  onClick={() => remove.mutate({ id: factor.id })}
                >
                  Remove
                </Button>
              ) : (
                <span className="push small soft">the only one: it stays</span>
              )}
            </li>
          ))}
        </ul>
        {failure ? (
          <Note tone="bad" role="alert">
            <p>{failureText(failure)}</p>
          </Note>
        ) : null}
        <p className="row wrap section-go">
          <Button aria-expanded={isAdding} onClick={() => setIsAdding(!isAdding)}>
            Add another
          </Button>
          <Button aria-disabled={renew.isPending} onClick={() => renew.mutate()}>
            New recovery codes
          </Button>
          <span className="small soft">{counted(state.codesLeft, "recovery code")} left</span>
        </p>
      </section>
      {isAdding ? <Enrol passkeys={state.passkeysArePossible} to="/vendor/sign-in" /> : null}
    </>
  );
}
