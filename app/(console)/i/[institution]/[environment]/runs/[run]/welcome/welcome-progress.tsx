"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { ProgressBar } from "@/app/_components/bars";
import { count } from "@/app/_components/counting";
import { Note } from "@/app/_components/note";
import { Facts } from "@/app/_components/page-head";
import { WELCOME_STATES, welcomeReason } from "@/app/_components/welcome-words";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import type { EnvironmentName } from "@/server/roster/run";
import { WelcomeButtons } from "./welcome-buttons";

export type WelcomeAt = { institution: string; environment: EnvironmentName; run: number };
type Welcome = NonNullable<Outputs["welcome"]["ofRun"]>;

interface ProgressProps {
  at: WelcomeAt;
  initial: Welcome;
  zone: string;
  can: { stop: boolean; release: boolean };
}

/** How far the mails are, as it moves, and the buttons that stop them or let them go. */
export function WelcomeProgress({ at, initial, zone, can }: ProgressProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const isMoving = initial.state === "counting" || initial.state === "sending" || initial.inOutbox > 0;
  const { data, refetch } = useQuery(
    trpc.welcome.ofRun.queryOptions(at, { initialData: initial, refetchInterval: isMoving ? 5_000 : false, gcTime: 0 }),
  );
  const now = data ?? initial;
  useEffect(() => {
    if (now.state !== initial.state) router.refresh();
  }, [now.state, initial.state, router]);
  const isOver = now.waiting === 0 && now.inOutbox === 0 && now.failing === 0;
  return (
    <div className="section stack">
      {now.state === "held" ? (
        <Note tone="warning">
          <p>
            <b>Held until somebody has looked.</b> {now.reasons.map(welcomeReason).join(" ")}
          </p>
        </Note>
      ) : null}
      {now.isStuck && now.state === "sending" ? (
        <Note tone="warning">
          <p>No mail server is set here, so no wave goes out until the vendor sets one.</p>
        </Note>
      ) : null}
      {now.endedReason === null ? null : <p className="lede">{now.endedReason}.</p>}
      <ProgressBar label="Mails sent" value={now.sent} of={now.mails} />
      <div role="status">
        <Facts
          of={[
            ["State", WELCOME_STATES[now.state]],
            ["Sent", count(now.sent)],
            ["On their way", count(now.inOutbox)],
            ["Waiting", count(now.waiting)],
            ["Refused, tried again", now.failing > 0 ? count(now.failing) : null],
            ["Not reached", now.failed > 0 ? count(now.failed) : null],
            ["Left out meanwhile", now.left > 0 ? count(now.left) : null],
            ["Cancelled", now.cancelled > 0 ? count(now.cancelled) : null],
            ["Next wave", now.nextWaveAt === null ? null : <When key="next" at={now.nextWaveAt} zone={zone} />],
          ]}
        />
      </div>
      <WelcomeButtons at={at} welcome={now} isOver={isOver} can={can} onDone={() => void refetch()} />
    </div>
  );
}
