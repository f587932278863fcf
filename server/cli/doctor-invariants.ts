import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { versionsOf } from "@/db/roster";
import { asEngine } from "@/server/database";
import { ENTITIES } from "@/server/roster/entities";
import { OPEN_STATES } from "@/server/roster/run";
import { type Finding, institutionIds } from "./doctor-checks";

interface Environment {
  readonly id: number;
  readonly name: string;
  readonly bucket: number;
  readonly head: number;
  /** The head on which its open run stands, or null without one. */
  readonly base: number | null;
}

/** What must hold of every environment: rows above the head belong to its one open set, which stands on the head; none lie higher. */
export async function checkInvariants(): Promise<Finding> {
  const broken: string[] = [];
  let environments = 0;
  for (const institutionId of await institutionIds()) {
    await asEngine(institutionId, async (tx) => {
      for (const environment of await environmentsOf(tx, institutionId)) {
        environments += 1;
        const where = `institution ${institutionId}, ${environment.name}`;
        if (environment.base !== null && environment.base !== environment.head) {
          broken.push(`${where}: the open run stands on ${environment.base}, the head is ${environment.head}`);
        }
        const stray = await strayRows(tx, institutionId, environment);
        if (stray > 0) broken.push(`${where}: ${stray} rows above the head without an open set`);
      }
    });
  }
  if (broken.length > 0) return { state: "failed", detail: broken.join("; ") };
  return { state: "ok", detail: `no row above the head without an open set, in ${environments} environments` };
}

async function environmentsOf(tx: Transaction, institutionId: number): Promise<Environment[]> {
  const open = sql.join(
    OPEN_STATES.map((state) => sql`${state}`),
    sql`, `,
  );
  return [
    ...(await tx.execute<Environment & Record<string, unknown>>(sql`
      select e.id, e.name, e.bucket, e.head_seq as head, r.base_seq as base
      from environments e
      left join runs r on r.institution_id = e.institution_id and r.environment_id = e.id and r.state in (${open})
      where e.institution_id = ${institutionId}
      order by e.id`)),
  ];
}

async function strayRows(tx: Transaction, institutionId: number, environment: Environment): Promise<number> {
  const allowed = environment.base === null ? environment.head : environment.base + 1;
  let stray = 0;
  for (const entity of ENTITIES) {
    const [found] = await tx.execute<{ rows: number }>(sql`
      select count(*)::int as rows
      from ${versionsOf(entity)}
      where institution_id = ${institutionId}
        and environment_id = ${environment.id}
        and bucket = ${environment.bucket}
        and from_seq > ${allowed}`);
    stray += found?.rows ?? 0;
  }
  return stray;
}
