"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useHydrated } from "@/app/_components/use-hydrated";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";

type Kind = Outputs["notifications"]["list"]["kinds"][number];

/** A switch for each kind of mail; what is switched is kept at once. */
export function NotificationSwitches({ institution, kinds }: { institution: string; kinds: readonly Kind[] }) {
  const trpc = useTRPC();
  const router = useRouter();
  const listens = useHydrated();
  const choose = useMutation(trpc.notifications.choose.mutationOptions({ onSettled: () => router.refresh() }));
  const pending = choose.isPending ? choose.variables : null;
  return (
    <div className="stack options">
      {kinds.map(({ kind, label, help, isOn, isForced }) => (
        <div key={kind} className="field">
          <label className="opt">
            <input
              type="checkbox"
              checked={pending?.kind === kind ? pending.on : isOn}
              disabled={isForced || !listens}
              aria-describedby={`notify-${kind}`}
              onChange={(event) => choose.mutate({ institution, kind, on: event.currentTarget.checked })}
            />
            <span>{label}</span>
          </label>
          <span id={`notify-${kind}`} className="hint">
            {help} {isForced ? <b className="soft">Owners always get it.</b> : null}
          </span>
        </div>
      ))}
      <div role="status" className="small soft">
        {choose.isSuccess ? "Kept." : ""}
      </div>
      {choose.error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(choose.error)}</p>
        </Note>
      ) : null}
    </div>
  );
}
