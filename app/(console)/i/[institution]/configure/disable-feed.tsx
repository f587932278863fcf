"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { ConfirmDialog, ConfirmField } from "@/app/_components/confirm-dialog";
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
      <ConfirmDialog
        open={open}
        onClose={() => setOpen(false)}
        environment={null}
        title={
          <>
            Switch <bdi>{name}</bdi> off?
          </>
        }
        confirm={{
          word: "Disable this feed",
          kind: "danger",
          isReady: isTyped && !disable.isPending,
          onPress: () => disable.mutate({ institution, feed, typed }),
        }}
        failure={disable.error}
      >
        <p className="small dialog-part">
          No files are taken and no runs start until it is switched on again. Rows that it brought stay in Preview and in Production.
        </p>
        <ConfirmField
          id="disable-typed"
          label={
            <>
              Type <b>{name}</b> to confirm
            </>
          }
          autoComplete="off"
          value={typed}
          onChange={setTyped}
        />
      </ConfirmDialog>
    </>
  );
}
