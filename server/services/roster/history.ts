import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlTime } from "@/db/read";
import { versionsOf } from "@/db/roster";
import { ACTIONS, type Action } from "@/server/roster/change";
import type { EnvironmentName } from "@/server/roster/run";
import { changedFields, namedFields, referredKeys } from "@/server/services/changes/fields";
import { cellsOf } from "@/server/services/changes/page";
import { placeOf } from "@/server/services/runs/issue-totals";
import { happenings } from "./happenings";
import type { HistoryEntry, RecordRef } from "./history-entry";
import { type AsOf, labelsOf, type NamedEntity, nameFrom } from "./labels";

export interface RecordHistory {
  readonly entries: readonly HistoryEntry[];
  readonly waiting: { readonly run: number } | null;
  readonly earlierNames: readonly string[];
}

const Version = z
  .object({
    from_seq: z.number(),
    replaces_seq: z.number().nullable(),
    line: z.number(),
    action: z.enum(ACTIONS),
    status: z.string(),
    source_key: z.string(),
    run: z.number().nullable(),
    run_state: z.string().nullable(),
    at: SqlTime.nullable(),
    file: z.string().nullable(),
    by: z.string().nullable(),
    is_off: z.boolean(),
  })
  .loose();
type Version = z.infer<typeof Version>;

/** Every version of a record with the run that wrote it, then findings, refusals and runs that saw it unchanged; newest first. */
export async function historyOf(
  tx: Transaction,
  of: { asOf: AsOf; environment: EnvironmentName; record: RecordRef },
): Promise<RecordHistory> {
  const { asOf, record } = of;
  const versions = await versionsWithRuns(tx, asOf, record);
  const wanted = new Map<NamedEntity, Set<string>>();
  for (const version of versions) {
    for (const each of referredKeys(record.entity, cellsOf(record.entity, version))) {
      if (each.entity === "enrollments" || each.entity === "relationships") continue;
      wanted.set(each.entity, (wanted.get(each.entity) ?? new Set()).add(each.key));
    }
  }
  const labels = await labelsOf(tx, { ...asOf, seq: asOf.seq + 1 }, wanted);
  const bySeq = new Map(versions.map((version) => [version.from_seq, version]));
  const entries = versions.flatMap((version): HistoryEntry[] => {
    if (version.run === null || version.at === null) return [];
    const isPending = version.from_seq > asOf.seq;
    const was = version.replaces_seq === null ? null : (bySeq.get(version.replaces_seq) ?? null);
    const before = was === null ? null : { status: was.status, cells: cellsOf(record.entity, was) };
    const after = { status: version.status, cells: cellsOf(record.entity, version) };
    return [
      {
        at: version.at,
        kind: isPending ? "planned" : "committed",
        action: version.action,
        run: version.run,
        text: sentence(version, isPending),
        fields: namedFields(
          record.entity,
          // What was replaced may have been removed since, after the institution's retention.
          version.action === "archive" || version.action === "add" || was === null ? [] : changedFields(record.entity, before, after),
          labels,
        ),
        ...(version.line > 0 && version.file !== null ? { place: placeOf(version.file, version.line) } : {}),
      },
    ];
  });
  const others = await happenings(tx, asOf, { record, versions });
  const names = versions
    .filter((version) => version.from_seq <= asOf.seq)
    .map((version) => nameFrom(record.entity, cellsOf(record.entity, version), version.source_key));
  const pendingRun = versions.find((version) => version.from_seq > asOf.seq)?.run ?? null;
  return {
    entries: [...entries, ...others].sort((a, b) => b.at.getTime() - a.at.getTime()),
    waiting: pendingRun === null ? null : { run: pendingRun },
    earlierNames: [...new Set(names)],
  };
}

const pastWords: Record<Action, string> = {
  add: "Added",
  edit: "Changed",
  archive: "Archived",
  reactivate: "Reactivated",
  rekey: "Got a new source key",
};
const comingWords: Record<Action, string> = {
  add: "Would be added",
  edit: "Would change",
  archive: "Would be archived",
  reactivate: "Would be reactivated",
  rekey: "Would get a new source key",
};

function sentence(version: Version, isPending: boolean): string {
  if (isPending) return `${comingWords[version.action]} by run ${version.run}${version.is_off ? ", left out" : ", not committed yet"}`;
  const why = version.action === "archive" ? (version.line < 0 ? ", absent from the feed" : ", listed as to be deleted") : "";
  return `${pastWords[version.action]}${why}, commit ${version.from_seq}${version.by === null ? "" : ` by ${version.by}`}`;
}

async function versionsWithRuns(tx: Transaction, asOf: AsOf, record: RecordRef): Promise<Version[]> {
  return read(
    tx,
    Version,
    sql`
      select v.*, r.number as run, r.state as run_state, coalesce(r.ended_at, r.prepared_at, r.created_at) as at, f.name as file,
        coalesce(a.name, a.email) as by,
        exists (
          select from left_out o
          where o.institution_id = v.institution_id and o.run_id = r.id and o.entity = ${record.entity} and o.source_key = v.source_key
            and o.on_at is null) as is_off
      from ${versionsOf(record.entity)} v
      left join runs r on r.institution_id = ${asOf.institutionId} and r.environment_id = ${asOf.environmentId}
        and (r.commit_seq = v.from_seq or (v.from_seq > ${asOf.seq} and r.state in ('ready', 'held', 'committing')))
      left join lateral (
        select name from run_files f
        where f.institution_id = r.institution_id and f.run_id = r.id and f.entity = ${record.entity}
        order by position desc limit 1
      ) f on true
      left join accounts a on a.id = coalesce(r.decided_by, r.started_by)
      where v.institution_id = ${asOf.institutionId} and v.environment_id = ${asOf.environmentId} and v.bucket = ${asOf.bucket}
        and v.source_key = ${record.key} and v.feed_id = ${record.feedId}
      order by v.from_seq desc
      limit 200`,
  );
}
