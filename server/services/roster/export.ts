import { sql } from "drizzle-orm";
import { z } from "zod";
import { read } from "@/db/read";
import { currentOf, sourcedIdOf } from "@/db/roster";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { COLUMNS, ENTITIES, type Entity } from "@/server/roster/entities";
import { EnvironmentPlace, findEnvironment } from "@/server/services/runs/place";

export const ExportInput = EnvironmentPlace.extend({ entity: z.enum(ENTITIES) });

/** One current record: sourcedId, source key, feed, status, and every column of its entity, null where it has no value. */
export type ExportedRow = Readonly<Record<string, string | null>>;

const PAGE_ROWS = 2_000;
const Row = z.record(z.string(), z.string().nullable());

/** The current rows of an entity, archived ones among them, by source key; a page in memory at a time. */
export async function* exportRows(actor: TenantActor, raw: z.input<typeof ExportInput>): AsyncGenerator<readonly ExportedRow[]> {
  authorize(actor, "roster:read");
  const input = ExportInput.parse(raw);
  let after: { key: string; feed: string } | null = null;
  for (;;) {
    const page = await pageAfter(actor, { ...input, after });
    const last = page[page.length - 1];
    if (last === undefined) return;
    yield page.map(({ feedId: _, ...row }) => row);
    if (page.length < PAGE_ROWS) return;
    after = { key: last.sourceKey ?? "", feed: last.feedId ?? "0" };
  }
}

function pageAfter(
  actor: TenantActor,
  of: z.infer<typeof ExportInput> & { after: { key: string; feed: string } | null },
): Promise<ExportedRow[]> {
  const columns = COLUMNS[of.entity].map(({ name }) => `v.${name} as "${camelCase(name)}"`).join(", ");
  return asTenant(actor.institutionId, async (tx) => {
    const environment = await findEnvironment(tx, actor, of.environment);
    const from = of.after === null ? sql`true` : sql`(v.source_key, v.feed_id) > (${of.after.key}, ${of.after.feed}::int)`;
    return read(
      tx,
      Row,
      sql`select ${sourcedIdOf("v")} as "sourcedId", v.source_key as "sourceKey", f.name as feed, v.feed_id::text as "feedId", v.status,
            v.status_reason as "statusReason", ${sql.raw(columns)}
          from ${currentOf(of.entity satisfies Entity)} v
          join feeds f on f.institution_id = ${environment.institutionId} and f.id = v.feed_id
          where v.environment_id = ${environment.id} and v.bucket = ${environment.bucket} and ${from}
          order by v.source_key, v.feed_id
          limit ${PAGE_ROWS}`,
    );
  });
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
