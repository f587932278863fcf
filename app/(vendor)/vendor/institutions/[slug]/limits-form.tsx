"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { count } from "@/app/_components/counting";
import { failureText } from "@/app/_components/failure";
import { Section } from "@/app/_components/section";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { INSTITUTION_LIMITS, type LimitKey, limitKeys } from "@/server/services/limits/table";

interface LimitsFormProps {
  institution: string;
  limits: Outputs["vendor"]["institutions"]["get"]["limits"];
  canEdit: boolean;
}

type Texts = Readonly<Record<LimitKey, string>>;

/** What this institution may send, and what waits for a person there; empty is as everybody's. */
export function LimitsForm({ institution, limits, canEdit }: LimitsFormProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [texts, setTexts] = useState<Texts>(() => textsOf(limits));
  const [reason, setReason] = useState("");
  const save = useMutation(
    trpc.vendor.institutions.setLimits.mutationOptions({
      onSuccess: () => {
        setReason("");
        router.refresh();
      },
    }),
  );
  const changed = limitKeys().filter((key) => storedOf(key, texts[key]) !== limits[key]);
  const canSave = changed.length > 0 && reason.trim().length >= 3 && !save.isPending;
  return (
    <Section id="limits" title="Limits">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!canSave) return;
          const asked = Object.fromEntries(changed.map((key) => [key, storedOf(key, texts[key])]));
          save.mutate({ institution, limits: asked, reason: reason.trim() });
        }}
      >
        <table className="ledger mid fold small" aria-label="Limits of this institution">
          <thead>
            <tr>
              <th scope="col">Limit</th>
              <th scope="col">Here</th>
              <th scope="col" className="num">
                Everybody's
              </th>
            </tr>
          </thead>
          <tbody>
            {limitKeys().map((key) => {
              const { label, help, unit, per, min, max } = INSTITUTION_LIMITS[key];
              return (
                <tr key={key}>
                  <th scope="row">
                    <label htmlFor={`limit-${key}`}>{label}</label>
                    <span className="sub" id={`limit-${key}-help`}>
                      {help}
                    </span>
                  </th>
                  <td data-l="Here">
                    <span className="row">
                      <input
                        id={`limit-${key}`}
                        className="input sm"
                        type="number"
                        inputMode="numeric"
                        min={Math.ceil(min / per)}
                        max={Math.floor(max / per)}
                        placeholder="–"
                        readOnly={!canEdit}
                        aria-describedby={`limit-${key}-help`}
                        value={texts[key]}
                        onChange={(event) => setTexts({ ...texts, [key]: event.currentTarget.value })}
                      />
                      {unit}
                    </span>
                  </td>
                  <td className="num" data-l="Everybody's">
                    {count(Math.floor(INSTITUTION_LIMITS[key].default / per))} {unit}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
        {canEdit ? (
          <>
            <div className="field">
              <label htmlFor="limit-reason">Reason</label>
              <input
                id="limit-reason"
                className="input"
                maxLength={500}
                aria-describedby="limit-reason-hint"
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
              <span id="limit-reason-hint" className="hint">
                Stands in the institution's audit trail, where its people read it.
              </span>
            </div>
            {save.error ? (
              <p role="alert" className="err">
                {failureText(save.error)}
              </p>
            ) : null}
            {save.isSuccess && changed.length === 0 ? <p role="status">Saved.</p> : null}
            <div className="row">
              <Button type="submit" aria-disabled={!canSave}>
                Save the limits
              </Button>
              {canSave || save.isSuccess ? null : (
                <span className="hint">{changed.length === 0 ? "Change a limit first." : "Say why first."}</span>
              )}
            </div>
          </>
        ) : (
          <p className="hint">Staff admins change limits.</p>
        )}
      </form>
    </Section>
  );
}

const textsOf = (limits: LimitsFormProps["limits"]): Texts => {
  const entries = limitKeys().map((key) => {
    const stored = limits[key];
    return [key, stored === null ? "" : String(stored / INSTITUTION_LIMITS[key].per)];
  });
  // Every key of the table was visited.
  return Object.fromEntries(entries) as Texts;
};

/** What is typed, in the stored unit; empty is null. What is no number goes to the server as it is, which says so. */
const storedOf = (key: LimitKey, text: string): number | null =>
  text.trim() === "" ? null : Math.round(Number(text) * INSTITUTION_LIMITS[key].per);
