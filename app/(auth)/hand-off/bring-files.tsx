"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { DropZone } from "@/app/_components/drop-zone";
import { Red } from "@/app/_components/red";
import { isCancelled, SENDING_CANCELLED, sendDelivery, sendingFailureText } from "@/app/_components/send-delivery";
import { Refused, Sending, type SendState } from "@/app/_components/sending";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";

type State = Exclude<SendState, { step: "same" }> | { step: "red"; lines: Outputs["handOffs"]["step"]["finish"]["lines"] };

/** Takes the files of a link; what is wrong with them is said here, to whoever can mend it. */
export function BringFiles({ token, words }: { token: string; words: { files: string; accepts: string } }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [state, setState] = useState<State>({ step: "idle" });
  const stop = useRef<AbortController | null>(null);
  const begin = useMutation(trpc.handOffs.step.begin.mutationOptions());
  const finish = useMutation(trpc.handOffs.step.finish.mutationOptions());
  const cancel = useMutation(trpc.handOffs.step.cancel.mutationOptions());

  async function send(files: readonly File[]) {
    const stopping = new AbortController();
    stop.current = stopping;
    try {
      await sendDelivery({
        files,
        begin: (announced) => begin.mutateAsync({ token, ...announced }),
        onBegun: () => undefined,
        onProgress: (onTheWay) => setState({ step: "sending", files: onTheWay }),
        signal: stopping.signal,
        headers: { "x-rollcall-hand-off": token },
      });
      setState({ step: "checking" });
      const finished = await finish.mutateAsync({ token });
      if (finished.state === "refused") setState({ step: "refused", issues: finished.issues });
      else if (finished.state === "failed") setState({ step: "red", lines: finished.lines });
      else router.refresh();
    } catch (cause) {
      if (isCancelled(cause)) {
        await cancel.mutateAsync({ token }).catch(() => undefined);
        setState({ step: "cancelled" });
      } else setState({ step: "failed", text: sendingFailureText(cause) });
    } finally {
      stop.current = null;
    }
  }

  switch (state.step) {
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
        <DropZone
          onFiles={send}
          words={words}
          said={state.step === "failed" ? { tone: "bad", text: state.text } : state.step === "cancelled" ? SENDING_CANCELLED : null}
        />
      );
    default:
      return state satisfies never;
  }
}
