"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { ConfirmDialog, ConfirmField } from "@/app/_components/confirm-dialog";
import { count, counted } from "@/app/_components/counting";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { welcomeReason } from "@/app/_components/welcome-words";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import type { WelcomeAt } from "./welcome-progress";

interface ButtonsProps {
  at: WelcomeAt;
  welcome: NonNullable<Outputs["welcome"]["ofRun"]>;
  isOver: boolean;
  can: { stop: boolean; release: boolean };
  onDone: () => void;
}

/** Release, pause, resume, cancel: those that mean something now, for whoever may. */
export function WelcomeButtons({ at, welcome, isOver, can, onDone }: ButtonsProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState<"release" | "cancel" | null>(null);
  const [typed, setTyped] = useState("");
  const onSuccess = () => {
    setOpen(null);
    onDone();
    router.refresh();
  };
  const pause = useMutation(trpc.welcome.pause.mutationOptions({ onSuccess }));
  const resume = useMutation(trpc.welcome.resume.mutationOptions({ onSuccess }));
  const release = useMutation(trpc.welcome.release.mutationOptions({ onSuccess }));
  const cancel = useMutation(trpc.welcome.cancel.mutationOptions({ onSuccess }));
  const failure = pause.error ?? resume.error ?? release.error ?? cancel.error;
  const isTyped = Number(typed.replaceAll(/[\s,]/g, "")) === welcome.mails;
  const canLink = !welcome.reasons.some((reason) => reason.kind === "noLink");
  const left = welcome.waiting + welcome.inOutbox + welcome.failing;
  return (
    <>
      <div className="row wrap">
        {welcome.state === "held" && can.release && canLink ? (
          <Button kind="go" onClick={() => setOpen("release")}>
            Send {counted(welcome.mails, "mail")}…
          </Button>
        ) : null}
        {welcome.state === "sending" && can.stop ? (
          <Button aria-disabled={pause.isPending} onClick={() => pause.mutate(at)}>
            Pause
          </Button>
        ) : null}
        {welcome.state === "paused" && can.stop ? (
          <Button kind="go" aria-disabled={resume.isPending} onClick={() => resume.mutate(at)}>
            Go on
          </Button>
        ) : null}
        {!isOver && can.stop && welcome.state !== "cancelled" && welcome.state !== "counting" ? (
          <Button kind="quiet" onClick={() => setOpen("cancel")}>
            Cancel what is not sent…
          </Button>
        ) : null}
      </div>
      {failure && open === null ? (
        <Note tone="bad" role="alert">
          <p>{failureText(failure)}</p>
        </Note>
      ) : null}
      <ConfirmDialog
        open={open === "release"}
        onClose={() => setOpen(null)}
        environment={at.environment}
        title={`Send ${counted(welcome.mails, "welcome mail")}?`}
        confirm={{
          word: "Send them in waves",
          kind: "go",
          isReady: isTyped && !release.isPending,
          onPress: () => release.mutate({ ...at, typedCount: welcome.mails }),
        }}
        failure={failure}
      >
        <p className="small dialog-part">{welcome.reasons.map(welcomeReason).join(" ")} A mail that was sent cannot be called back.</p>
        <ConfirmField
          id="welcome-typed"
          label={`Type ${count(welcome.mails)} to send that many mails`}
          inputMode="numeric"
          autoComplete="off"
          value={typed}
          onChange={setTyped}
          isShort
        />
      </ConfirmDialog>
      <ConfirmDialog
        open={open === "cancel"}
        onClose={() => setOpen(null)}
        environment={at.environment}
        title={`Cancel ${counted(left, "mail")}?`}
        confirm={{ word: "Cancel them for good", kind: "danger", isReady: !cancel.isPending, onPress: () => cancel.mutate(at) }}
        failure={failure}
      >
        <p className="small dialog-part">
          These people get no welcome mail later either. {counted(welcome.sent, "mail")} already sent{" "}
          {welcome.sent === 1 ? "stays" : "stay"} sent. To stop for a while, pause instead.
        </p>
      </ConfirmDialog>
    </>
  );
}
