import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { ConnectForm } from "@/app/_components/connect-form";
import { HelpContact } from "@/app/_components/help-contact";
import { Title } from "@/app/_components/page-head";
import { When } from "@/app/_components/when";
import { systemOf, WhereFrom } from "@/app/_components/where-from";
import type { Outputs } from "@/app/_trpc/outputs";
import { api } from "@/app/_trpc/server";
import { BringFiles } from "./bring-files";

export const metadata: Metadata = { title: "A step for you" };

/** What a link to one step shows: which files are asked for, where they come from, and where to drop them. */
export default async function HandOffPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token = "" } = await searchParams;
  const step = await stepOf(token);
  if (step === null) {
    return <Title lede="It was ended, or is older than seven days. Ask whoever sent it for a new one.">This link has ended</Title>;
  }
  const { institution, source, fields, timeZone, doneAt, expiresAt, note, helpContact } = step;
  if (doneAt !== null) {
    return (
      <Title
        lede={
          <>
            They arrived <When at={doneAt} zone={timeZone} />. There is nothing left for you to do here.
          </>
        }
      >
        Thank you: the files are with <bdi>{institution}</bdi>
      </Title>
    );
  }
  return (
    <>
      <Title lede="Drop them here. You need no account, and this page shows no student and no teacher.">
        Send the {source.label} files of <bdi>{institution}</bdi>
      </Title>
      {note === "" ? null : (
        <blockquote className="hand-off-note" dir="auto">
          {note}
        </blockquote>
      )}
      <div className="stack sign-up-form">
        <p>
          <b>Needed:</b> {source.needs}
        </p>
        <BringFiles token={token} words={source.tile ?? USUAL} />
        {fields.length > 0 ? <ConnectForm fields={fields} zone={timeZone} by={{ token }} /> : null}
        <WhereFrom source={source} system={systemOf(fields)} />
        <p className="small soft">
          The link works until <When at={expiresAt} zone={timeZone} />. What you send is compared with a rehearsal and changes nothing by
          itself.
        </p>
        <p className="small">
          <HelpContact own={helpContact} />
        </p>
      </div>
    </>
  );
}

const USUAL = { files: "one zip, or all the files together", accepts: "" };

/** Null for a link that opens nothing. */
async function stepOf(token: string): Promise<Outputs["handOffs"]["step"]["get"] | null> {
  try {
    return await (await api()).handOffs.step.get({ token });
  } catch (cause) {
    if (cause instanceof TRPCError && (cause.code === "NOT_FOUND" || cause.code === "BAD_REQUEST")) return null;
    throw cause;
  }
}
