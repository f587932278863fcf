"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { count } from "@/app/_components/counting";
import { stateWord } from "@/app/_components/state-badge";
import { useTRPC } from "@/app/_trpc/provider";
import type { EnvironmentName, RunState } from "@/server/roster/run";

interface WatchRunProps {
  place: { institution: string; environment: EnvironmentName };
  number: number;
  state: RunState;
}

/** A run at work, in one line that moves; the page is made anew when the run has got further. */
export function WatchRun({ place, number, state }: WatchRunProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const { data: progress } = useQuery(trpc.runs.progress.queryOptions({ ...place, run: number }, { refetchInterval: 2_000, gcTime: 0 }));
  const now = progress?.state ?? state;
  useEffect(() => {
    if (now !== state) router.refresh();
  }, [now, state, router]);
  const rows = progress?.phases.filter((phase) => phase.phase === "load").reduce((sum, phase) => sum + phase.done, 0) ?? 0;
  return (
    <p className="row wrap watch" role="status">
      <Link className="btn" href={`/i/${place.institution}/${place.environment}/runs/${number}`}>
        Watch run {number}
      </Link>
      <span className="soft">
        {stateWord(now)}
        {rows > 0 ? `, ${count(rows)} rows read` : ""}
      </span>
    </p>
  );
}
