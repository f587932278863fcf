import { audit } from "@/server/audit";
import { asEngine } from "@/server/database";
import { log } from "@/server/log";
import {
  type Removed,
  removeExpiredDetail,
  removeExpiredExports,
  removeExpiredFiles,
  removeExpiredMails,
  removeExpiredMailsOfNobody,
} from "@/server/retention/remove-expired";
import { removeExpiredHistory } from "@/server/retention/remove-history";
import { inngest } from "./client";
import { askEachAfter } from "./each-institution";
import { EVENTS } from "./events";

/** Every night, of every institution and of none: what has expired goes. */
export const askForRemoval = inngest.createFunction(
  { id: "ask-for-removal", retries: 3, triggers: { cron: "11 2 * * *" } },
  async ({ step }) => {
    for (let round = 1; (await step.run(`mails:${round}`, removeExpiredMailsOfNobody)).more; round++);
    for (let after = 0; ; ) {
      const asked = await step.run(`ask:${after}`, () => askEachAfter(after, "retention/due"));
      if (asked.last === null) return;
      after = asked.last;
    }
  },
);

const KINDS: Readonly<Record<string, (institutionId: number) => Promise<Removed>>> = {
  files: removeExpiredFiles,
  exports: removeExpiredExports,
  detail: removeExpiredDetail,
  history: removeExpiredHistory,
  mails: removeExpiredMails,
};

/** Removes what has expired of one institution, in short steps, one institution at a time; what went is told in its audit. */
export const removeExpired = inngest.createFunction(
  { id: "remove-expired", retries: 3, concurrency: { limit: 1 }, triggers: { event: "retention/due" } },
  async ({ event, step }) => {
    const { institutionId } = EVENTS["retention/due"].parse(event.data);
    const counts: Record<string, number> = {};
    for (const [kind, remove] of Object.entries(KINDS)) {
      for (let round = 1; ; round++) {
        const removed = await step.run(`${kind}:${round}`, () => remove(institutionId));
        for (const [name, count] of Object.entries(removed.counts)) counts[name] = (counts[name] ?? 0) + count;
        if (!removed.more) break;
      }
    }
    const went = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
    if (Object.keys(went).length > 0) await step.run("tell", () => tell(institutionId, went));
    return went;
  },
);

async function tell(institutionId: number, went: Readonly<Record<string, number>>): Promise<void> {
  await asEngine(institutionId, (tx) =>
    audit(
      tx,
      { kind: "system", accountId: null, institutionId },
      { verb: "retention.remove", subject: `institution ${institutionId}`, detail: { ...went } },
    ),
  );
  log.info({ institutionId, ...went }, "what had expired was removed");
}
