import { and, eq, inArray, sql } from "drizzle-orm";
import type { PgUpdateSetSource } from "drizzle-orm/pg-core";
import { accounts, institutionExports, institutions, mails } from "@/db/schema";
import { commandActor } from "@/server/auth/actor";
import { asEngine } from "@/server/database";
import { env } from "@/server/env";
import { AppError } from "@/server/errors";
import { failureOf } from "@/server/failure";
import { log } from "@/server/log";
import { loadRenderer, renderDataNotice } from "@/server/notify/render";
import { newObjectKey } from "@/server/objects";
import { EXPORT_DAYS } from "@/server/services/data/exports";
import { writeExport } from "@/server/services/data/write-export";
import { inngest } from "./client";
import { EVENTS, type EventData } from "./events";

type Wanted = EventData<"export/requested">;

/** Writes everything of an institution as one file and tells who asked; one such file at a time is written at all. */
export const exportInstitution = inngest.createFunction(
  {
    id: "export-institution",
    retries: 3,
    concurrency: { limit: 1 },
    triggers: { event: "export/requested" },
    onFailure: async ({ event, error }) => {
      const wanted = EVENTS["export/requested"].parse(event.data.event.data);
      log.error({ exportId: wanted.exportId, ...failureOf(error) }, "an export failed");
      await settle(wanted, { state: "failed", reason: reasonOf(error) });
    },
  },
  async ({ event, step }) => {
    const wanted = EVENTS["export/requested"].parse(event.data);
    // A key of its own for each try: what a try that died left is cleared away as something that nobody names.
    const written = await step.run("write", () => write(wanted));
    if (written !== null) await step.run("tell", () => tell(wanted));
    return written;
  },
);

/** An error whose words are for people is told in them. */
const reasonOf = (error: Error): string =>
  `${error.name === AppError.name ? error.message : "Something went wrong on our side."} Ask for it again.`;

async function write(wanted: Wanted): Promise<{ bytes: number } | null> {
  const slug = await begin(wanted);
  if (slug === null) return null;
  const key = newObjectKey(wanted.institutionId);
  const { bytes, rows } = await writeExport(await commandActor(slug), key);
  await settle(wanted, {
    state: "ready",
    objectKey: key,
    bytes,
    rows: { ...rows },
    expiresAt: sql`now() + make_interval(days => ${EXPORT_DAYS})`,
  });
  return { bytes };
}

/** The institution's slug; null where the export is not wanted any more, or was written by a try whose word got lost. */
async function begin({ institutionId, exportId }: Wanted): Promise<string | null> {
  return asEngine(institutionId, async (tx) => {
    const [found] = await tx
      .update(institutionExports)
      .set({ state: "working" })
      .where(
        and(
          eq(institutionExports.institutionId, institutionId),
          eq(institutionExports.id, exportId),
          inArray(institutionExports.state, ["queued", "working"]),
        ),
      )
      .returning({ id: institutionExports.id });
    const [institution] = await tx.select({ slug: institutions.slug }).from(institutions).where(eq(institutions.id, institutionId));
    return found === undefined ? null : (institution?.slug ?? null);
  });
}

async function settle({ institutionId, exportId }: Wanted, set: PgUpdateSetSource<typeof institutionExports>): Promise<void> {
  await asEngine(institutionId, (tx) =>
    tx
      .update(institutionExports)
      .set({ ...set, finishedAt: sql`now()` })
      .where(
        and(
          eq(institutionExports.institutionId, institutionId),
          eq(institutionExports.id, exportId),
          eq(institutionExports.state, "working"),
        ),
      ),
  );
}

/** A link that needs a sign-in, to the person who asked. */
async function tell({ institutionId, exportId }: Wanted): Promise<void> {
  await loadRenderer();
  await asEngine(institutionId, async (tx) => {
    const [found] = await tx
      .select({ email: accounts.email, slug: institutions.slug, name: institutions.name })
      .from(institutionExports)
      .innerJoin(accounts, eq(accounts.id, institutionExports.requestedBy))
      .innerJoin(institutions, eq(institutions.id, institutionExports.institutionId))
      .where(and(eq(institutionExports.institutionId, institutionId), eq(institutionExports.id, exportId)));
    if (found === undefined) return;
    const mail = await renderDataNotice({
      headline: `The export of ${found.name} is ready`,
      sentences: [
        `It can be fetched for ${EXPORT_DAYS} days, by owners who are signed in. It holds the rosters, so keep it as you keep them.`,
      ],
      url: new URL(`/i/${found.slug}/settings/data#export`, env.ROLLCALL_URL).toString(),
      button: "Go to the export",
      why: "You get this because you asked for it.",
    });
    await tx.insert(mails).values({ kind: "export", recipient: found.email, ...mail });
  });
}
