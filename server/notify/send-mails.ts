import { sql } from "drizzle-orm";
import { createTransport, type Transporter } from "nodemailer";
import { database } from "@/server/database";
import { env, isProduction } from "@/server/env";
import { log } from "@/server/log";

/** Longer than any try may take: until then nobody else takes a mail that somebody claimed. */
const CLAIM_SECONDS = 120;
/** After this many tries (about two days of back-off) a mail is left in the outbox, for a person to see. */
const TRIES_MAX = 50;
/** Sign-in mails are of no use after this, and are not sent any more. */
const SIGN_IN_MINUTES = 10;

interface ClaimedMail {
  readonly id: string;
  readonly kind: string;
  readonly recipient: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly attempts: number;
}

/**
 * Sends every mail of the outbox that is due, each by one worker at a time. Without an SMTP server nothing is touched: mails
 * wait. A failed try is repeated after 30 s, 1 min, 2 min … at most an hour. Safe to call at any time, by many processes.
 */
export async function sendMails(smtpUrl: string | undefined = env.SMTP_URL): Promise<{ sent: number; failed: number }> {
  const outcome = { sent: 0, failed: 0 };
  await forgetOldSignIns(smtpUrl !== undefined);
  if (smtpUrl === undefined) return outcome;
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    for (let mail = await claim(); mail !== null; mail = await claim()) {
      if (await sent(transport, mail)) outcome.sent += 1;
      else outcome.failed += 1;
    }
  } finally {
    transport.close();
  }
  return outcome;
}

async function claim(): Promise<ClaimedMail | null> {
  const [mail] = await outbox((tx) =>
    tx.execute<ClaimedMail & Record<string, unknown>>(sql`
      update mails set attempts = attempts + 1, next_try_at = now() + make_interval(secs => ${CLAIM_SECONDS})
      where id = (
        select id from mails
        where sent_at is null and next_try_at <= now() and attempts < ${TRIES_MAX}
        order by kind = 'welcome', next_try_at
        limit 1
        for update skip locked)
      returning id, kind, recipient, subject, html, text, attempts`),
  );
  return mail ?? null;
}

async function sent(transport: Transporter, mail: ClaimedMail): Promise<boolean> {
  try {
    await transport.sendMail({
      from: env.MAIL_FROM,
      to: { name: "", address: mail.recipient },
      subject: mail.subject,
      html: mail.html,
      text: mail.text,
      // The same for every try, so that a mail that was taken just before a crash is seen to be the same one.
      messageId: `<${mail.id}@${new URL(env.ROLLCALL_URL).hostname}>`,
      headers: { "Auto-Submitted": "auto-generated" },
    });
  } catch (cause) {
    const lastError = smtpCodeOf(cause);
    log.warn({ mail: mail.id, kind: mail.kind, attempts: mail.attempts, lastError }, "a mail was not sent");
    const waitSeconds = Math.min(3_600, 30 * 2 ** Math.min(mail.attempts - 1, 10));
    await outbox((tx) =>
      tx.execute(sql`
        update mails set last_error = ${lastError}, next_try_at = now() + make_interval(secs => ${waitSeconds})
        where id = ${mail.id} and next_try_at < 'infinity'`),
    );
    if (mail.kind === "welcome" && REFUSED_FOR_GOOD.test(lastError)) await giveUp(mail.id);
    return false;
  }
  // A mail that lets somebody in has no reason to stay readable; one to a person of a roster none to say to whom it went.
  await outbox((tx) =>
    tx.execute(sql`
      update mails
      set sent_at = now(), last_error = null,
        html = case when kind in ('signIn', 'signUp', 'handOff', 'welcome') then '' else html end,
        text = case when kind in ('signIn', 'signUp', 'handOff', 'welcome') then '' else text end,
        subject = case when kind = 'welcome' then '' else subject end,
        recipient = case when kind = 'welcome' then '' else recipient end
      where id = ${mail.id}`),
  );
  return true;
}

/** A mail server that answers 550 says that there is no such mailbox: asking again only harms our name there. */
const REFUSED_FOR_GOOD = /^5\d\d$/;

async function giveUp(id: string): Promise<void> {
  await outbox((tx) =>
    tx.execute(sql`update mails set next_try_at = 'infinity', subject = '', html = '', text = '', recipient = '' where id = ${id}`),
  );
}

/** Where nobody reads `/dev/mail`, links that have ended are wiped, sent or not. */
async function forgetOldSignIns(isConfigured: boolean): Promise<void> {
  if (!isProduction && !isConfigured) return;
  await outbox((tx) =>
    tx.execute(sql`
      update mails set html = '', text = '', next_try_at = 'infinity', last_error = coalesce(last_error, 'EXPIRED')
      where kind = 'signIn' and sent_at is null and html <> '' and created_at < now() - make_interval(mins => ${SIGN_IN_MINUTES})`),
  );
}

const outbox: Awaited<ReturnType<typeof database>>["untenanted"] = async (work) => (await database("engine")).untenanted(work);

/** `550` or `ECONNREFUSED`: the server's words may quote the address. */
function smtpCodeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "UNKNOWN";
  if ("responseCode" in cause && typeof cause.responseCode === "number") return String(cause.responseCode);
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
}
