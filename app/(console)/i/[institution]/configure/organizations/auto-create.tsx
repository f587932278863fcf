"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { counted } from "@/app/_components/counting";
import { Dialog } from "@/app/_components/dialog";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";

/** Makes an organization of every school that has none. */
export function AutoCreate({ institution, missing }: { institution: string; missing: number }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const create = useMutation(
    trpc.organizations.autoCreate.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        router.refresh();
      },
    }),
  );
  if (missing === 0) return <span className="small muted push">Every school has one</span>;
  return (
    <>
      <Button size="sm" className="push" onClick={() => setOpen(true)}>
        Auto create {counted(missing, "organization")}…
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={null}
        title={`Create ${counted(missing, "organization")}?`}
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button kind="go" aria-disabled={create.isPending} onClick={() => create.mutate({ institution })}>
              Yes, create
            </Button>
          </>
        }
      >
        <p className="small dialog-part">
          Each school and district of your files that has none becomes an organization of the same name, below the one that the files put it
          under. Nothing that you made or moved changes.
        </p>
        {create.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(create.error)}</p>
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}
