"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { counted } from "@/app/_components/counting";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { Section } from "@/app/_components/section";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import type { OptionValue } from "@/server/roster/options";
import { OptionField } from "./option-field";

type Configure = Outputs["configure"]["get"];

interface OptionsFormProps {
  institution: string;
  feed: Configure["feeds"][number];
  groups: Configure["groups"];
  canEdit: boolean;
}

/** The options that this kind of feed has, in their four groups, with what they would change before they are saved. */
export function OptionsForm({ institution, feed, groups, canEdit }: OptionsFormProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [chosen, setChosen] = useState<Readonly<Record<string, OptionValue>>>({});
  const changed = feed.options.filter(({ key, value }) => chosen[key] !== undefined && chosen[key] !== value);
  const asked = { institution, feed: feed.id, options: Object.fromEntries(changed.map(({ key }) => [key, chosen[key] ?? ""])) };
  const save = useMutation(trpc.configure.save.mutationOptions({ onSuccess: () => router.refresh() }));
  const tryOut = useMutation(
    trpc.configure.try.mutationOptions({ onSuccess: ({ run }) => router.push(`/i/${institution}/preview/runs/${run}`) }),
  );
  const isBusy = save.isPending || tryOut.isPending || tryOut.isSuccess;
  const failure = save.error ?? tryOut.error;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (changed.length > 0 && !isBusy) save.mutate(asked);
      }}
    >
      {groups.map((group) => {
        const options = feed.options.filter((option) => option.group === group.key);
        return (
          <Section key={group.key} id={`options-${group.key}`} title={group.label}>
            {options.length === 0 ? (
              <p className="soft">{feed.label} leaves nothing to choose here.</p>
            ) : (
              <div className="stack options">
                {options.map((option) => (
                  <OptionField
                    key={option.key}
                    option={option}
                    value={chosen[option.key] ?? option.value}
                    isReadOnly={!canEdit}
                    onChange={(value) => setChosen({ ...chosen, [option.key]: value })}
                  />
                ))}
              </div>
            )}
          </Section>
        );
      })}
      {canEdit ? (
        <div className="section sheet">
          <div className="pad stack">
            <p role="status">
              {changed.length === 0 ? "Everything here is saved." : `${counted(changed.length, "option")} changed and not saved yet.`}
              {feed.waiting !== null && changed.length > 0
                ? ` Run ${feed.waiting} waits and was prepared by the old ones; seeing what would change replaces it.`
                : ""}
            </p>
            {failure ? (
              <Note tone="bad" role="alert">
                <p>{failureText(failure)}</p>
              </Note>
            ) : null}
            <div className="row wrap">
              <Button type="submit" kind="go" aria-disabled={changed.length === 0 || isBusy}>
                Save for Preview
              </Button>
              {feed.hasDelivery ? (
                <Button aria-disabled={changed.length === 0 || isBusy} onClick={() => tryOut.mutate(asked)}>
                  See what would change first
                </Button>
              ) : null}
              {changed.length > 0 ? (
                <Button kind="quiet" onClick={() => setChosen({})}>
                  Take back
                </Button>
              ) : null}
            </div>
            <p className="hint">
              Seeing what would change reads the newest files once more by these options and prepares a plan; nothing is saved or written
              until you say so.
            </p>
          </div>
        </div>
      ) : null}
    </form>
  );
}
