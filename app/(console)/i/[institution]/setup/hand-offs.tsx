"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";

type HandOff = Outputs["handOffs"]["list"][number];

const STATES: Record<HandOff["state"], string> = {
  open: "waits for them",
  done: "files arrived",
  ended: "ended",
  expired: "expired",
};

/** Steps that were sent to colleagues, and the way to end a link. */
export function HandOffs({ institution, handOffs, zone }: { institution: string; handOffs: readonly HandOff[]; zone: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const end = useMutation(trpc.handOffs.end.mutationOptions({ onSuccess: () => router.refresh() }));
  return (
    <Section id="hand-offs" title="Sent to colleagues">
      <table className="ledger fold">
        <thead>
          <tr>
            <th scope="col">To</th>
            <th scope="col">Files of</th>
            <th scope="col">Sent</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {handOffs.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <bdi>{one.email}</bdi>
              </th>
              <td data-l="Files of">
                <bdi>{one.feed.name}</bdi>
              </td>
              <td data-l="Sent">
                <When at={one.createdAt} zone={zone} />
                {one.by === null ? null : (
                  <>
                    {" "}
                    by <bdi>{one.by}</bdi>
                  </>
                )}
              </td>
              <td data-l="State">
                {STATES[one.state]}
                {one.state === "open" ? (
                  <>
                    {" "}
                    <Button
                      size="sm"
                      kind="quiet"
                      aria-disabled={end.isPending}
                      aria-label={`End the link of ${one.email}`}
                      onClick={() => end.mutate({ institution, id: one.id })}
                    >
                      End
                    </Button>
                  </>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {end.error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(end.error)}</p>
        </Note>
      ) : null}
    </Section>
  );
}
