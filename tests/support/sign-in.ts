import { expect } from "vitest";
import { listMails } from "@/server/notify/list-mails";
import { openBrowser, type TestBrowser } from "./browser";

/** The newest mail of an address, with what a person takes from it. */
async function mailTo(email: string): Promise<{ token: string; code: string; url: URL }> {
  const mail = (await listMails()).find((one) => one.recipient === email);
  if (mail === undefined) throw new Error(`No mail to ${email}`);
  const url = new URL(/http\S+/.exec(mail.text)?.[0] ?? "");
  return { url, token: url.searchParams.get("token") ?? "", code: /code there: (\S+ \S+)/.exec(mail.text)?.[1] ?? "" };
}

/** Asks for a mail to this address in a browser, and reads it. */
export async function asked(email: string, browser: TestBrowser = openBrowser(), callback?: string) {
  const answer = await browser.call("signIn.request", { email, callback });
  expect(answer.status).toBe(200);
  return { browser, ...(await mailTo(email)) };
}

/** What `session.get` answers: 200 for a browser that is signed in, 401 for any other. */
export const whoIs = async (browser: TestBrowser): Promise<number> => (await browser.query("session.get")).status;
