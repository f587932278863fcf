"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { Button } from "@/app/_components/button";
import { DropZone } from "@/app/_components/drop-zone";
import { Red } from "@/app/_components/red";
import { isCancelled, SENDING_CANCELLED, sendDelivery, sendingFailureText } from "@/app/_components/send-delivery";
import { Refused, SameAgain, Sending, type SendState } from "@/app/_components/sending";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";

interface ConnectFilesProps {
  institution: string;
  feed: number;
  words: { files: string; accepts: string };
  zone: string;
  /** Files that arrived and were tested, and of which no plan was made yet. */
  waiting: string | null;
}

type State = SendState | { step: "red"; lines: Outputs["onboarding"]["check"]["lines"] };

/** Takes the files, tests them, and goes on to the first plan by itself when nothing is red. */
export function ConnectFiles({ institution, feed, words, zone, waiting }: ConnectFilesProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queries = useQueryClient();
  const [state, setState] = useState<State>({ step: "idle" });
  const stop = useRef<AbortController | null>(null);
  const begin = useMutation(trpc.deliveries.begin.mutationOptions());
  const finish = useMutation(trpc.deliveries.finish.mutationOptions());
  const cancel = useMutation(trpc.deliveries.cancel.mutationOptions());
  const start = useMutation(trpc.runs.start.mutationOptions());
  const base = `/i/${institution}/preview`;

  async function prepare(delivery: string) {
    setState({ step: "starting" });
    const { number } = await start.mutateAsync({ institution, environment: "preview", feed, delivery, kind: "full", autoCommit: false });
    router.push(`${base}/runs/${number}`);
  }

  async function send(files: readonly File[]) {
    const stopping = new AbortController();
    stop.current = stopping;
    let delivery: string | null = null;
    try {
      delivery = await sendDelivery({
        files,
        begin: (announced) => begin.mutateAsync({ institution, feed, ...announced }),
        onBegun: (begun) => {
          delivery = begun;
        },
        onProgress: (onTheWay) => setState({ step: "sending", files: onTheWay }),
        signal: stopping.signal,
      });
      setState({ step: "checking" });
      const finished = await finish.mutateAsync({ institution, delivery });
      if (finished.state === "refused") return setState({ step: "refused", issues: finished.issues });
      if (finished.sameAs) return setState({ step: "same", sameAs: finished.sameAs, feedId: feed, delivery });
      const { lines } = await queries.fetchQuery(trpc.onboarding.check.queryOptions({ institution, delivery }));
      if (lines.some(({ outcome }) => outcome === "fail")) {
        // The page still tells of the files before these.
        router.refresh();
        return setState({ step: "red", lines });
      }
      await prepare(delivery);
    } catch (cause) {
      if (isCancelled(cause)) {
        if (delivery) await cancel.mutateAsync({ institution, delivery }).catch(() => undefined);
        setState({ step: "cancelled" });
      } else fail(cause);
    } finally {
      stop.current = null;
    }
  }

  const fail = (cause: unknown) => setState({ step: "failed", text: sendingFailureText(cause) });

  switch (state.step) {
    case "same":
      return (
        <SameAgain
          sameAs={state.sameAs}
          base={base}
          zone={zone}
          onPrepare={() => prepare(state.delivery).catch(fail)}
          onOther={() => setState({ step: "idle" })}
        />
      );
    case "refused":
      return <Refused issues={state.issues} onOther={() => setState({ step: "idle" })} />;
    case "red":
      return <Red lines={state.lines} onOther={() => setState({ step: "idle" })} />;
    case "sending":
    case "checking":
    case "starting":
      return <Sending state={state} onCancel={() => stop.current?.abort()} />;
    case "idle":
    case "cancelled":
    case "failed":
      return (
        <>
          {waiting === null ? null : (
            <p className="row wrap">
              <Button kind="go" aria-disabled={start.isPending} onClick={() => prepare(waiting).catch(fail)}>
                Prepare first plan
              </Button>
              <span className="small soft">The files are here. Preparing writes nothing.</span>
            </p>
          )}
          <DropZone
            onFiles={send}
            words={words}
            said={state.step === "failed" ? { tone: "bad", text: state.text } : state.step === "cancelled" ? SENDING_CANCELLED : null}
          />
        </>
      );
    default:
      return state satisfies never;
  }
}
