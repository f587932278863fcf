import { setTimeout as pause } from "node:timers/promises";
import type { Person } from "@/server/trpc/person";
import type { DemoDelivery } from "./demo-district";

/** How long a run of a thousand students may take, on a machine that does much else. */
const PATIENCE_MS = 180_000;

export interface Place {
  readonly institution: string;
  readonly environment: "preview";
}

/** Uploads a delivery as the upload page does, file by file. */
export async function upload(person: Person, to: { place: Place; feed: number; delivery: DemoDelivery }): Promise<string> {
  const files = to.delivery.files.map(({ name, text }) => ({ name, body: Buffer.from(text) }));
  const { institution } = to.place;
  const begun = await person.api.deliveries.begin.mutate({
    institution,
    feed: to.feed,
    files: files.map(({ name, body }) => ({ name, bytes: body.length })),
  });
  for (const { name, url } of begun.uploads) {
    const body = files.find((file) => file.name === name)?.body;
    const response = await person.request(url, { method: "PUT", ...(body === undefined ? {} : { body }) });
    if (!response.ok) throw new Error(`${name} was not taken: ${response.status} ${await response.text()}`);
  }
  const { state, delivery } = await person.api.deliveries.finish.mutate({ institution, delivery: begun.delivery });
  if (state !== "ready") throw new Error(`The delivery of ${to.delivery.day} was refused`);
  return delivery;
}

/** Starts a run and waits until its plan can be reviewed. */
export async function prepare(
  person: Person,
  of: { place: Place; feed: number; delivery: string; kind: "full" | "quick" },
): Promise<number> {
  const { number } = await person.api.runs.start.mutate({
    ...of.place,
    feed: of.feed,
    delivery: of.delivery,
    kind: of.kind,
    autoCommit: false,
  });
  await untilState(person, { ...of.place, run: number }, "ready");
  return number;
}

/** Takes one student out of a plan, as the check box of the action list does. */
export async function refuseStudent(person: Person, run: Place & { run: number }, allowed: ReadonlySet<string>): Promise<string> {
  const page = await person.api.changes.list.query({ ...run, entity: "users", person: "students", action: "add", limit: 200 });
  const row = page.rows.find(({ sourceKey }) => allowed.has(sourceKey));
  if (row === undefined) throw new Error("The plan adds no student who could be refused");
  const { sourceKey } = row;
  const { selection } = await person.api.runs.get.query(run);
  await person.api.changes.choose.mutate({
    ...run,
    selectionVersion: selection.version,
    scope: { kind: "rows", rows: [{ entity: "users", sourceKey }] },
    on: false,
  });
  return sourceKey;
}

/** Presses the commit button with what it shows, and waits until the roster has it. */
export async function commit(person: Person, run: Place & { run: number }): Promise<void> {
  const { selection } = await person.api.runs.get.query(run);
  await person.api.runs.commit.mutate({ ...run, selectionVersion: selection.version });
  await untilState(person, run, "committed");
}

async function untilState(person: Person, run: Place & { run: number }, wanted: string): Promise<void> {
  const passing = new Set(["queued", "collecting", "loading", "checking", "comparing", "committing", "ready"]);
  for (const deadline = Date.now() + PATIENCE_MS; ; await pause(200)) {
    const { state, reason } = await person.api.runs.progress.query(run);
    if (state === wanted) return;
    if (!passing.has(state)) throw new Error(`Run ${run.run} is ${state}: ${reason ?? "no reason given"}`);
    if (Date.now() > deadline) throw new Error(`Run ${run.run} is still ${state}`);
  }
}
