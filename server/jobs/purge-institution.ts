import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { deletionRequests, environments, mails } from "@/db/schema";
import { asEngine, asVendor } from "@/server/database";
import { env } from "@/server/env";
import { failpoint } from "@/server/failpoint";
import { log } from "@/server/log";
import { loadRenderer, renderDataNotice } from "@/server/notify/render";
import { beginPurge, draftCertificate, type Ended, eraseObjects, eraseSome, finishPurge } from "@/server/retention/purge";
import { certificateToken } from "@/server/services/data/certificate";
import { rosterDigest } from "@/server/sync/digest";
import { inngest } from "./client";
import { EVENTS, emit } from "./events";

/** Every hour: deletions that were approved and have waited; those that began and did not end too, since asking again does no harm. */
export const askForPurges = inngest.createFunction(
  { id: "ask-for-purges", retries: 3, triggers: { cron: "37 * * * *" } },
  async ({ step }) => {
    const due = await step.run("find", findDue);
    for (const id of due) await step.run(`ask:${id}`, () => ask(id));
    return { due: due.length };
  },
);

async function findDue(): Promise<number[]> {
  const found = await asVendor((tx) =>
    tx
      .select({ id: deletionRequests.institutionId })
      .from(deletionRequests)
      .where(and(inArray(deletionRequests.state, ["approved", "purging"]), sql`${deletionRequests.dueAt} <= now()`))
      .orderBy(asc(deletionRequests.dueAt)),
  );
  return found.map(({ id }) => id);
}

const ask = (institutionId: number): Promise<void> =>
  asEngine(institutionId, (tx) => emit(tx, { name: "deletion/due", data: { institutionId } }));

/**
 * Deletes one institution for ever, in short steps that each may die and be repeated: shut it, count it, erase its rows and files, and
 * at the very end, in one transaction, the institution itself and the signature under the certificate.
 */
export const purgeInstitution = inngest.createFunction(
  { id: "purge-institution", retries: 8, concurrency: { limit: 1 }, triggers: { event: "deletion/due" } },
  async ({ event, step }) => {
    const { institutionId } = EVENTS["deletion/due"].parse(event.data);
    if (!(await step.run("begin", () => beginPurge(institutionId)))) return { certificate: null };
    const rosters = await step.run("rosters", () => rostersOf(institutionId));
    const { people } = await step.run("count", () => draftCertificate(institutionId, rosters));
    for (let round = 1; ; round++) {
      for (let part = 1; (await step.run(`rows:${round}:${part}`, () => eraseSome(institutionId))).more; part++);
      for (let part = 1; (await step.run(`files:${round}:${part}`, () => eraseObjects(institutionId))).more; part++);
      const ended = await step.run(`end:${round}`, () => end(institutionId, people));
      if (ended !== null) return ended;
    }
  },
);

/** The digest of each roster, so that the certificate says what it was. */
async function rostersOf(institutionId: number): Promise<Record<string, string>> {
  return asEngine(institutionId, async (tx) => {
    const found = await tx.select().from(environments).where(eq(environments.institutionId, institutionId)).orderBy(asc(environments.name));
    const rosters: Record<string, string> = {};
    for (const { id, name, bucket } of found) rosters[name] = await rosterDigest(tx, { environmentId: id, bucket });
    return rosters;
  });
}

async function end(institutionId: number, people: readonly number[]): Promise<{ certificate: string } | null> {
  await loadRenderer();
  // A try whose word got lost has ended everything already.
  const isThere = await asEngine(institutionId, (tx) => tx.$count(environments, eq(environments.institutionId, institutionId)));
  if (isThere === 0) return { certificate: "" };
  const ended = await finishPurge(institutionId, { people, inTransaction: tellWhoAsked });
  await failpoint("purge.ended");
  if (ended !== null) log.info({ institutionId, certificate: ended.certificate }, "an institution was deleted");
  return ended;
}

/** The link to the certificate, which holds nothing of a person. */
async function tellWhoAsked(tx: Transaction, ended: Ended): Promise<void> {
  if (ended.email === null) return;
  const mail = await renderDataNotice({
    headline: `${ended.institution} was deleted`,
    sentences: ["Everything of it is gone. The certificate says what there was, who decided, and where its audit ended."],
    url: new URL(`/certificate/${certificateToken(ended.certificate)}`, env.ROLLCALL_URL).toString(),
    button: "Read the certificate",
    why: "You get this because you asked for the deletion. It is the last mail to this address.",
  });
  await tx.insert(mails).values({ kind: "certificate", recipient: ended.email, ...mail });
}
