import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { read } from "@/db/read";
import { sourcedIdOf } from "@/db/roster";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { nameFrom } from "@/server/services/roster/labels";
import { RunPlace } from "@/server/services/runs/place";
import { findBatch } from "./of-run";
import { type BatchRow, BEFORE_ALL_LINES, hasAddress, isDue, partOf, writtenBy } from "./people";
import { type WelcomeSettings, welcomeSettingsOf } from "./settings";

const PAGE = 100;

export const ListWelcome = RunPlace.extend({
  /** `failed`: whom a mail was meant for and did not reach. */
  show: z.enum(["all", "noAddress", "failed"]).default("all"),
  after: z.number().int().nullable().default(null),
});

/** One person and their mail. In Preview nothing is ever sent: `simulated`. */
export interface WelcomeLine {
  readonly sourcedId: string;
  readonly name: string;
  readonly email: string | null;
  readonly username: string | null;
  readonly part: "students" | "teachers" | "others";
  readonly state: "simulated" | "noAddress" | "waiting" | "inOutbox" | "sent" | "failing" | "failed" | "gone" | "cancelled";
  /** What the mail server answered: a code, never its words. */
  readonly error: string | null;
}

const Person = z.object({
  line: z.number(),
  sourcedId: z.string(),
  source_key: z.string(),
  given_name: z.string().nullable(),
  family_name: z.string().nullable(),
  email: z.string().nullable(),
  username: z.string().nullable(),
  part: z.enum(["students", "teachers", "others"]),
  hasAddress: z.boolean(),
  state: z.enum(["waiting", "handed", "left", "cancelled"]).nullable(),
  reason: z.string().nullable(),
});
type Person = z.infer<typeof Person>;

const Sent = z.object({ sourced_id: z.string(), sent_at: z.unknown(), last_error: z.string().nullable(), given_up: z.boolean() });

/** The people of a run's welcome mails in the order of the files, a hundred at a time. Empty where there are none. Throws NOT_FOUND. */
export async function listWelcome(
  actor: TenantActor,
  raw: z.input<typeof ListWelcome>,
): Promise<{ rows: WelcomeLine[]; next: number | null }> {
  authorize(actor, "roster:read");
  const input = ListWelcome.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const batch = await findBatch(tx, actor, input);
    if (batch === null) return { rows: [], next: null };
    const people = await read(tx, Person, welcomeQuery(batch, await welcomeSettingsOf(tx, batch.institutionId), input));
    const page = people.slice(0, PAGE);
    const sent = await read(
      tx,
      Sent,
      sql`select * from welcome_sent_to(${batch.id}, array(select jsonb_array_elements_text(${JSON.stringify(page.map((one) => one.sourcedId))}::jsonb)))`,
    );
    const bySourcedId = new Map(sent.map((one) => [one.sourced_id, one]));
    return {
      rows: page.map((person) => lineOf(batch, person, bySourcedId.get(person.sourcedId))),
      next: people.length > PAGE ? (page.at(-1)?.line ?? null) : null,
    };
  });
}

/** The people of one page and one more. */
export function welcomeQuery(batch: BatchRow, settings: WelcomeSettings, input: Pick<z.infer<typeof ListWelcome>, "show" | "after">): SQL {
  const after = input.after ?? BEFORE_ALL_LINES;
  // Whoever stands in the list was due then, whatever is chosen now; Preview keeps no list, and shows who would be due.
  const shown =
    input.show === "failed"
      ? sql`v.line in (select line from welcome_failures(${batch.id}, ${after}, ${PAGE + 1}))`
      : input.show === "noAddress"
        ? sql`w.sourced_id is null and not ${hasAddress} and ${isDue(batch, settings)}`
        : sql`(w.sourced_id is not null or (${batch.state} in ('simulated', 'counting') or not ${hasAddress}) and ${isDue(batch, settings)})`;
  // Each action is a stretch of the index of lines, so that a page reads its own rows; and a person has one mail at most, found by
  // its key: of a batch that was just put down the statistics know nothing.
  const ofAction = (action: "add" | "reactivate"): SQL => sql`(
    select v.line, ${sourcedIdOf("v")} as "sourcedId", v.source_key, v.given_name, v.family_name, v.email, v.username, ${partOf} as part,
      ${hasAddress} as "hasAddress", w.state, w.reason
    from (select v.* from ${writtenBy(batch)} and v.action = ${action} and v.line > ${after}) v
    left join lateral (
      select m.* from welcome_mails m where m.institution_id = ${batch.institutionId} and m.sourced_id = ${sourcedIdOf("v")} limit 1
    ) w on w.batch_id = ${batch.id}
    where ${shown}
    order by v.line limit ${PAGE + 1})`;
  return sql`${ofAction("add")} union all ${ofAction("reactivate")} order by line limit ${PAGE + 1}`;
}

function lineOf(batch: BatchRow, person: Person, sent: z.infer<typeof Sent> | undefined): WelcomeLine {
  return {
    sourcedId: person.sourcedId,
    name: nameFrom("users", { given_name: person.given_name, family_name: person.family_name }, person.source_key),
    email: person.email,
    username: person.username,
    part: person.part,
    state: stateOf(batch, person, sent),
    error: sent?.sent_at == null ? (sent?.last_error ?? null) : null,
  };
}

function stateOf(batch: BatchRow, person: Person, sent: z.infer<typeof Sent> | undefined): WelcomeLine["state"] {
  switch (person.state) {
    case null:
      return person.hasAddress && batch.state !== "cancelled" ? "simulated" : "noAddress";
    case "waiting":
      return "waiting";
    case "cancelled":
      return "cancelled";
    case "left":
      return person.reason === "noAddress" ? "noAddress" : "gone";
    case "handed":
      if (sent?.sent_at != null) return "sent";
      if (sent?.given_up === true) return "failed";
      return sent?.last_error == null ? "inOutbox" : "failing";
    default:
      return person.state satisfies never;
  }
}
