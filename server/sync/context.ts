import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "@/db/client";
import { read } from "@/db/read";
import { roleUrl } from "@/db/roles";
import { database, databaseUrl } from "@/server/database";
import { AppError } from "@/server/errors";
import { type Limits, limitsOf, noLooserThan } from "@/server/roster/guard";
import { RUN_KINDS, type RunKind, TRIGGERS, type Trigger } from "@/server/roster/run";
import { deploymentSecret } from "@/server/secrets";

/** The engine's two ways into the database: transactions of its role, and the URL under which its COPY sessions connect. */
export interface SyncDatabase {
  readonly engine: Database;
  readonly copyUrl: string;
}

/** One run as the engine knows it. Plain data plus the database, so that every step of a job can make it anew from two ids. */
export interface SyncContext {
  readonly institutionId: number;
  readonly environmentId: number;
  readonly feedId: number;
  /** The set holds rows of every feed, not of this one alone: a promotion, or the undo of one. */
  readonly allFeeds: boolean;
  readonly runId: string;
  readonly trigger: Trigger;
  readonly kind: RunKind;
  /** Source keys of the chosen schools; null: all. */
  readonly schools: readonly string[] | null;
  readonly limits: Limits;
  readonly databases: SyncDatabase;
}

/** A run whose set is open and this process's own until the fence moves. Its pending rows have `seq`. */
export interface OpenSet extends SyncContext {
  readonly fence: number;
  readonly baseSeq: number;
  readonly seq: number;
  readonly bucket: number;
  /** The environment has partitions of its own. */
  readonly isOwn: boolean;
}

/** Whether the run reads a feed. What people leave out of an undo or a promotion says nothing about what a feed may bring. */
export const isOfFeed = (context: Pick<SyncContext, "trigger">): boolean => context.trigger !== "undo" && context.trigger !== "promotion";

/** The database of this process, as the engine uses it. */
export async function syncDatabase(): Promise<SyncDatabase> {
  return {
    engine: await database("engine"),
    copyUrl: roleUrl({ url: await databaseUrl(), secret: deploymentSecret(), role: "engine" }),
  };
}

const RunRow = z.object({
  environment_id: z.number(),
  feed_id: z.number(),
  all_feeds: z.boolean(),
  kind: z.enum(RUN_KINDS),
  trigger: z.enum(TRIGGERS),
  schools: z.array(z.string()).nullable(),
  limits: z.unknown(),
  archive_percent: z.number().nullable(),
  edit_percent: z.number().nullable(),
  error_percent: z.number().nullable(),
});

/** Reads what the engine must know of a run. Throws NOT_FOUND for a run of another institution. */
export async function contextOf(institutionId: number, runId: string, databases?: SyncDatabase): Promise<SyncContext> {
  const own = databases ?? (await syncDatabase());
  const [run] = await own.engine.asTenant(institutionId, (tx) =>
    read(
      tx,
      RunRow,
      sql`select r.environment_id, r.feed_id, r.all_feeds, r.kind, r.trigger, r.schools, s.limits, l.archive_percent, l.edit_percent, l.error_percent
          from runs r
          join feed_settings s on s.institution_id = r.institution_id and s.feed_id = r.feed_id and s.version = r.settings_version
          left join institution_limits l on l.institution_id = r.institution_id
          where r.id = ${runId}`,
    ),
  );
  if (run === undefined) throw new AppError("NOT_FOUND", "Run not found");
  return {
    institutionId,
    environmentId: run.environment_id,
    feedId: run.feed_id,
    allFeeds: run.all_feeds,
    runId,
    kind: run.kind,
    trigger: run.trigger,
    schools: run.schools,
    limits: noLooserThan(limitsOf(run.limits), {
      archivePercent: run.archive_percent,
      editPercent: run.edit_percent,
      errorPercent: run.error_percent,
    }),
    databases: own,
  };
}
