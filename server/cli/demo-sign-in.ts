import { z } from "zod";
import { totpCode } from "@/server/auth/totp";
import { listMails } from "@/server/notify/list-mails";
import type { Person } from "@/server/trpc/person";

/** Signs in as a person does who reads the mail and presses the button behind its link. */
export async function signInByLink(person: Person, email: string): Promise<void> {
  const mail = await requestedMail(person, email);
  const link = /https?:\/\/\S*\/login\/link\?\S+/.exec(mail)?.[0];
  if (link === undefined) throw new Error("The sign-in mail has no link");
  const { pathname, search, searchParams } = new URL(link);
  const page = await person.request(`${pathname}${search}`);
  if (!page.ok) throw new Error(`The page behind the sign-in link answers ${page.status}`);
  await press(person, "link", { token: searchParams.get("token") ?? "" });
}

/** Signs in as a person does who types the code of the mail. */
export async function signInByCode(person: Person, email: string): Promise<void> {
  const mail = await requestedMail(person, email);
  const code = /\b[A-Z0-9]{4}[ -]?[A-Z0-9]{4}\b/.exec(mail)?.[0];
  if (code === undefined) throw new Error("The sign-in mail has no code");
  await press(person, "code", { code });
}

/** A second factor as somebody of the vendor keeps it: what their app holds, and the codes for the day without it. */
export interface KeptFactor {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

const STEP_MS = 30_000;

/** Sets up an app that shows codes, as the page for it does; the person's browser then has the staff console open. */
export async function enrolApp(person: Person): Promise<KeptFactor> {
  const { secret } = await person.api.secondFactor.beginTotp.mutate();
  // The code of the step before is taken too; so the one that shows now is still to be used. Where a step ends between asking
  // and being heard it comes too late, and the next one of its kind does not.
  const confirm = () => person.api.secondFactor.confirmTotp.mutate({ code: totpCode(secret, new Date(Date.now() - STEP_MS)) });
  const { recoveryCodes } = await confirm().catch(confirm);
  return { secret, recoveryCodes: recoveryCodes ?? [] };
}

async function requestedMail(person: Person, email: string): Promise<string> {
  await person.api.signIn.request.mutate({ email });
  const mail = (await listMails()).find(({ kind, recipient }) => kind === "signIn" && recipient === email);
  if (mail === undefined) throw new Error(`No sign-in mail for ${email} is in the outbox`);
  return mail.text;
}

async function press(person: Person, way: "link" | "code", credentials: Record<string, string>): Promise<void> {
  const csrf = z.object({ csrfToken: z.string() }).parse(await (await person.request("/api/auth/csrf")).json());
  const response = await person.request(`/api/auth/callback/${way}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ ...credentials, csrfToken: csrf.csrfToken, callbackUrl: "/", json: "true" }),
  });
  await person.api.session.get.query().catch((cause: unknown) => {
    throw new Error(`Signing in by ${way} failed (${response.status})`, { cause });
  });
}
