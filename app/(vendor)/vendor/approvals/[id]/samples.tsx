"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { Op } from "@/app/_components/op";
import { Section } from "@/app/_components/section";
import { columnWord, ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { ENTITIES, type Entity } from "@/server/roster/entities";

type Approval = Outputs["vendor"]["approvals"]["get"];

/** A few records of the difference. They are people's data, so they are asked for by a press, and the institution's audit says so. */
export function Samples({ approval }: { approval: Approval }) {
  const trpc = useTRPC();
  const [entity, setEntity] = useState<Entity>("users");
  const look = useMutation(trpc.vendor.approvals.samples.mutationOptions());
  return (
    <Section id="samples" title="A few records">
      <p className="small soft">Up to five of each action. Each look stands in the institution's audit, with your name.</p>
      <form
        className="row wrap aside-action"
        onSubmit={(event) => {
          event.preventDefault();
          look.mutate({ promotion: approval.id, entity });
        }}
      >
        <label htmlFor="sample-entity">Type</label>
        <select
          id="sample-entity"
          className="input sm"
          value={entity}
          onChange={(event) => setEntity(ENTITIES.find((one) => one === event.currentTarget.value) ?? "users")}
        >
          {ENTITIES.map((one) => (
            <option key={one} value={one}>
              {ENTITY_WORDS[one].title}
            </option>
          ))}
        </select>
        <Button type="submit" size="sm" aria-disabled={look.isPending}>
          Show a few
        </Button>
      </form>
      {look.error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(look.error)}</p>
        </Note>
      ) : null}
      {look.data ? <SampleList samples={look.data} /> : null}
    </Section>
  );
}

function SampleList({ samples }: { samples: Outputs["vendor"]["approvals"]["samples"] }) {
  if (samples.length === 0) return <p className="soft">Nothing of this type differs.</p>;
  return (
    <ul className="stack small sample-list" aria-live="polite">
      {samples.map((sample) => (
        <li key={`${sample.action} ${sample.sourceKey}`}>
          <Op kind={sample.action}>
            <span className="vh">{sample.action}</span>
          </Op>{" "}
          <bdi>{sample.name || sample.sourceKey}</bdi> <code>{sample.sourceKey}</code>
          {sample.fields.map(({ field, before, after }) => (
            <span key={field} className="sub">
              {columnWord(field)}: <bdi>{before ?? "empty"}</bdi> → <bdi>{after ?? "empty"}</bdi>
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}
