import { z } from "zod";
import type { Transaction } from "@/db/client";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { findEnvironment } from "@/server/services/runs/place";
import { todayIn } from "@/server/services/runs/words";
import { countRosterOf, type RosterCounts } from "./counts";
import { type ClassLine, listClasses } from "./list-classes";
import { listPeople, type PersonLine } from "./list-people";
import type { ListRequest, Page } from "./list-request";
import { listOrgs, type SchoolLine } from "./list-schools";
import { asOfHead, type RosterKind, RosterPlace } from "./place";

export const ListRoster = RosterPlace.extend({
  /** A school's source key. */
  school: z.string().min(1).max(255).optional(),
  text: z.string().trim().min(1).max(100).optional(),
  /** Archived records too. */
  archived: z.boolean().default(false),
  after: z.string().max(2_000).nullish(),
  limit: z.number().int().min(1).max(200).default(50),
});

export type RosterList = { readonly nextCursor: string | null; readonly total: number | null } & (
  | { readonly kind: "schools"; readonly rows: readonly SchoolLine[] }
  | { readonly kind: "teachers" | "students"; readonly rows: readonly PersonLine[] }
  | { readonly kind: "classes"; readonly rows: readonly ClassLine[] }
);

/** One page of a roster list by keyset. `total` is told where it is known without counting: no filter, no text. */
export async function listRoster(actor: TenantActor, raw: z.input<typeof ListRoster>): Promise<RosterList> {
  authorize(actor, "roster:read");
  const input = ListRoster.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const environment = await findEnvironment(tx, actor, input.environment);
    const request: ListRequest = {
      asOf: asOfHead(environment),
      school: input.school ?? null,
      text: input.text ?? null,
      archived: input.archived,
      after: input.after ? readAfter(input.after) : null,
      limit: input.limit,
      today: todayIn(actor.institution.timeZone, new Date()),
    };
    const isWhole = request.school === null && request.text === null && !request.archived;
    const total = isWhole ? totalOf(countRosterOf(environment.counts), input.kind) : null;
    return listOf(tx, input.kind, { request, total });
  });
}

async function listOf(tx: Transaction, kind: RosterKind, of: { request: ListRequest; total: number | null }): Promise<RosterList> {
  const { request, total } = of;
  switch (kind) {
    case "schools":
      return { kind, total, ...withCursor(await listOrgs(tx, request)) };
    case "teachers":
    case "students":
      return { kind, total, ...withCursor(await listPeople(tx, kind, request)) };
    case "classes":
      return { kind, total, ...withCursor(await listClasses(tx, request)) };
    default:
      return kind satisfies never;
  }
}

const withCursor = <T>(page: Page<T>): { rows: readonly T[]; nextCursor: string | null } => ({
  rows: page.rows,
  nextCursor: page.next === null ? null : Buffer.from(JSON.stringify(page.next)).toString("base64url"),
});

function readAfter(text: string): string[] {
  try {
    return z
      .array(z.string())
      .min(2)
      .max(3)
      .parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
  } catch (cause) {
    throw new AppError("INVALID", "This page of the list does not exist", { cause });
  }
}

function totalOf(counts: RosterCounts, kind: RosterKind): number {
  return counts[kind];
}
