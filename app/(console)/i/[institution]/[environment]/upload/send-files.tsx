"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { DropZone } from "@/app/_components/drop-zone";
import { failureText } from "@/app/_components/failure";
import { isCancelled, SENDING_CANCELLED, sendDelivery, sendingFailureText } from "@/app/_components/send-delivery";
import { Refused, SameAgain, Sending, type SendState } from "@/app/_components/sending";
import { useTRPC } from "@/app/_trpc/provider";
import type { EnvironmentName } from "@/server/roster/run";
import { type StartChoice, StartOptions, usualChoice } from "../start-options";
import type { StartScope } from "../start-scope";

interface SendFilesProps {
  place: { institution: string; environment: EnvironmentName };
  feeds: readonly { id: number; name: string; source: string }[];
  /** What a first feed becomes when there is none. */
  source: { key: string; label: string } | undefined;
  isFirst: boolean;
  scope: StartScope;
  zone: string;
  /** On the page that has nothing else to say the options stand open. */
  withOptions?: boolean;
}

/** Takes a zip or loose CSV files, sends them with visible progress, and starts a run on what arrived. */
export function SendFiles({ place, feeds, source, isFirst, scope, zone, withOptions = true }: SendFilesProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [state, setState] = useState<SendState>({ step: "idle" });
  const [choice, setChoice] = useState<StartChoice>(() => usualChoice(isFirst));
  const [feed, setFeed] = useState(feeds[0]?.id);
  const stop = useRef<AbortController | null>(null);
  const create = useMutation(trpc.feeds.create.mutationOptions());
  const begin = useMutation(trpc.deliveries.begin.mutationOptions());
  const finish = useMutation(trpc.deliveries.finish.mutationOptions());
  const cancel = useMutation(trpc.deliveries.cancel.mutationOptions());
  const start = useMutation(trpc.runs.start.mutationOptions());

  async function prepare(feedId: number, delivery: string) {
    setState({ step: "starting" });
    const { number } = await start.mutateAsync({
      ...place,
      feed: feedId,
      delivery,
      kind: choice.kind,
      autoCommit: choice.autoCommit,
      schools: choice.schools ? [...choice.schools] : undefined,
    });
    router.push(`/i/${place.institution}/${place.environment}/runs/${number}`);
  }

  async function firstFeed(): Promise<number> {
    if (!source) throw new Error("There is no kind of source that a feed could be of.");
    const made = await create.mutateAsync({ institution: place.institution, name: source.label, source: source.key });
    return made.id;
  }

  async function send(files: readonly File[]) {
    const stopping = new AbortController();
    stop.current = stopping;
    let delivery: string | null = null;
    try {
      const feedId = feed ?? (await firstFeed());
      setFeed(feedId);
      delivery = await sendDelivery({
        files,
        begin: (announced) => begin.mutateAsync({ institution: place.institution, feed: feedId, ...announced }),
        onBegun: (begun) => {
          delivery = begun;
        },
        onProgress: (onTheWay) => setState({ step: "sending", files: onTheWay }),
        signal: stopping.signal,
      });
      setState({ step: "checking" });
      const finished = await finish.mutateAsync({ institution: place.institution, delivery });
      if (finished.state === "refused") setState({ step: "refused", issues: finished.issues });
      else if (finished.sameAs) setState({ step: "same", sameAs: finished.sameAs, feedId, delivery });
      else await prepare(feedId, delivery);
    } catch (cause) {
      if (isCancelled(cause)) {
        if (delivery) await cancel.mutateAsync({ institution: place.institution, delivery }).catch(() => undefined);
        setState({ step: "cancelled" });
      } else setState({ step: "failed", text: sendingFailureText(cause) });
    } finally {
      stop.current = null;
    }
  }

  if (state.step === "same") {
    return (
      <SameAgain
        sameAs={state.sameAs}
        base={`/i/${place.institution}/${place.environment}`}
        zone={zone}
        onPrepare={() => prepare(state.feedId, state.delivery).catch((cause) => setState({ step: "failed", text: failureText(cause) }))}
        onOther={() => setState({ step: "idle" })}
      />
    );
  }
  if (state.step === "refused") return <Refused issues={state.issues} onOther={() => setState({ step: "idle" })} />;
  const isBusy = state.step === "sending" || state.step === "checking" || state.step === "starting";
  return (
    <div className="stack send-files">
      {isBusy ? (
        <Sending state={state} onCancel={() => stop.current?.abort()} />
      ) : (
        <DropZone
          onFiles={send}
          said={state.step === "failed" ? { tone: "bad", text: state.text } : state.step === "cancelled" ? SENDING_CANCELLED : null}
        />
      )}
      {isBusy || feeds.length < 2 ? null : (
        <div className="field">
          <label htmlFor="send-feed">Which feed do these files belong to?</label>
          <select id="send-feed" className="input" value={feed} onChange={(event) => setFeed(Number(event.currentTarget.value))}>
            {feeds.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </div>
      )}
      {isBusy || !withOptions ? null : (
        <StartOptions environment={place.environment} isFirst={isFirst} scope={scope} choice={choice} onChange={setChoice} />
      )}
    </div>
  );
}
