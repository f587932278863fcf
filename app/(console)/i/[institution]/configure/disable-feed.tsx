"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { Dialog } from "@/app/_components/dialog";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";

/** Switches a feed off once its name was typed. */
export function DisableFeed({ institution, feed, name }: { institution: string; feed: number; name: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const disable = useMutation(
    trpc.configure.disable.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        setTyped("");
        router.refresh();
      },
    }),
  );
  const isTyped = typed.trim() === name;
  return (
    <>
      <Button kind="danger" onClick={() => setOpen(true)}>
        Disable…
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={null}
        title={
          <>
            Switch <bdi>{name}</bdi> off?
          </>
        }
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button
              kind="danger"
              aria-disabled={!isTyped || disable.isPending}
              onClick={() => disable.mutate({ institution, feed, typed })}
            >
              Disable this feed
            </Button>
          </>
        }
      >
        <p className="small dialog-part">
          No files are taken and no runs start until it is switched on again. Rows that it brought stay in Preview and in Production.
        </p>
        <div className="field dialog-part">
          <label htmlFor="disable-typed">
            Type <b>{name}</b> to confirm
          </label>
          <input
            id="disable-typed"
            className="input"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
        {disable.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(disable.error)}</p>
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}
