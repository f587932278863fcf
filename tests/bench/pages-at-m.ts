import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { commandActor } from "@/server/auth/actor";
import { commit, prepare, upload } from "@/server/cli/demo-play";
import { listMails } from "@/server/notify/list-mails";
import { checkout } from "@/server/processes/checkout";
import { createHandOff } from "@/server/services/hand-offs/create";
import { createInstitution } from "@/server/services/institutions/create";
import { listJobs } from "@/server/services/jobs/list";
import { sampleDistrict } from "@/server/sources/oneroster-csv/sample";
import { type Person, personAt } from "@/server/trpc/person";
import type { Ids } from "@/tests/tenancy/fixture";
import { switchWelcomeOn } from "../e2e/support/gallery-welcome";
import { createScene, type Scene, signedInPerson, systemUrl } from "../e2e/support/scene";
import { createStaffPerson, type StaffPerson } from "../e2e/support/staff";

const SEED = 20_260_901;
const PATIENCE_MS = 120_000;
/** Institutions beside the large one, for the vendor's lists. */
const OTHERS = 100;

type Who = "member" | "staff" | "nobody";

export interface PlaceAtM {
  readonly ids: Partial<Ids> & { readonly institution: string };
  readonly people: Readonly<Record<Who, Person>>;
  /** `file`: the page's own, below `app/`. */
  readonly pages: readonly { readonly name: string; readonly file: string; readonly path: string; readonly who: Who }[];
}

/** An institution of 361,000 rows that is live, with a second day's plan that waits in Preview, made by the doors that people use. */
export async function placeAtM(): Promise<PlaceAtM> {
  const scene = await createScene("owner");
  const member = await signedInPerson(scene);
  const staff = await createStaffPerson("admin", "Sam Ortiz");
  const preview = { institution: scene.slug, environment: "preview" } as const;
  await switchWelcomeOn({ slug: scene.slug, person: member });
  const first = {
    place: preview,
    feed: scene.feed,
    delivery: await upload(member, { place: preview, feed: scene.feed, delivery: day(1) }),
  };
  const committedRun = await prepare(member, { ...first, kind: "full" });
  await commit(member, { ...preview, run: committedRun });
  const promotion = await goLive({ member, staff, slug: scene.slug });
  await until("a count of welcome mails", async () => {
    const { batches } = await member.api.welcome.get.query({ institution: scene.slug });
    return batches.length > 1 && batches.every(({ state }) => state !== "counting") ? batches : null;
  });
  const readyDelivery = await upload(member, { place: preview, feed: scene.feed, delivery: day(2) });
  const readyRun = await prepare(member, { ...first, delivery: readyDelivery, kind: "full" });
  await member.api.organizations.autoCreate.mutate({ institution: scene.slug });
  const { organizations } = await member.api.organizations.list.query(preview);
  const handOffToken = await handOff(scene);
  const { jobs } = await listJobs({ institution: scene.slug, status: "completed" });
  for (let n = 0; n < OTHERS; n += 1) await foundOther();
  const sourcedIdOf = async (kind: "students" | "teachers" | "classes"): Promise<string> =>
    (await member.api.roster.list.query({ ...preview, kind })).rows[0]?.sourcedId ?? "";
  const ids = {
    institution: scene.slug,
    feed: scene.feed,
    readyDelivery,
    committedRun,
    readyRun,
    school: "school-001",
    student: await sourcedIdOf("students"),
    class: await sourcedIdOf("classes"),
    organization: organizations[1]?.id ?? 0,
    handOffToken,
    promotion: promotion.id,
    job: jobs[0]?.id ?? "",
  };
  return {
    ids,
    people: { member, staff: staff.person, nobody: personAt(systemUrl()) },
    pages: pagesOf({ ...ids, teacher: await sourcedIdOf("teachers"), productionRun: promotion.run }),
  };
}

const day = (number: 1 | 2) => ({
  day: `day ${number}`,
  kind: "full" as const,
  files: sampleDistrict({ size: "M", day: number, seed: SEED }).map((file) => ({ name: file.name, text: [...file.chunks()].join("") })),
});

async function goLive({ member, staff, slug }: { member: Person; staff: StaffPerson; slug: string }): Promise<{ id: string; run: number }> {
  await member.api.promotions.request.mutate({ institution: slug, seq: 1 });
  const { id, digest } = await until("a difference", async () => {
    const { waiting } = await staff.person.api.vendor.approvals.queue.query();
    const ours = waiting.find(({ institution }) => institution.slug === slug);
    if (ours === undefined) return null;
    const { promotion } = await staff.person.api.vendor.approvals.get.query({ promotion: ours.id });
    return promotion.snapshotDigest === null ? null : { id: ours.id, digest: promotion.snapshotDigest };
  });
  await staff.person.api.vendor.approvals.approve.mutate({ promotion: id, digest, drift: null });
  const run = await until("a live Production", async () => {
    const page = await member.api.promotions.get.query({ institution: slug });
    return page.promotion?.state === "live" ? page.run : null;
  });
  // The newest delivery follows by itself; nothing else runs while the next one is prepared.
  await until("an end of the run that follows", async () => {
    const { rows } = await member.api.runs.list.query({ institution: slug, environment: "production" });
    return rows.length > 1 && rows.every(({ state }) => ["committed", "ready", "ignored"].includes(state)) ? rows.length : null;
  });
  return { id, run };
}

async function handOff(scene: Scene): Promise<string> {
  const email = `it@${scene.slug}.example`;
  await createHandOff(await commandActor(scene.slug), { feed: scene.feed, email, note: "The nightly export, please." });
  const mail = (await listMails()).find(({ recipient }) => recipient === email);
  return new URL(/http\S+/.exec(mail?.text ?? "")?.[0] ?? "").searchParams.get("token") ?? "";
}

async function foundOther(): Promise<void> {
  const slug = `other-${randomBytes(5).toString("hex")}`;
  await createInstitution(
    { kind: "command", accountId: null },
    { slug, name: `Elm Park ${slug}`, timeZone: "America/Chicago", ownerEmail: `owner@${slug}.example`, ownerName: "Alex Whitfield" },
  );
}

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await pause(200)) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`There is no ${what}`);
  }
}

/** The pages of a folder whose address needs nothing but their own name. */
const pagesIn = (folder: string): string[] =>
  readdirSync(join(checkout, "app", folder)).filter((name) => existsSync(join(checkout, "app", folder, name, "page.tsx")));

/** Every page of the console and of the vendor, some with what makes them large. */
function pagesOf(of: PlaceAtM["ids"] & { teacher: string; productionRun: number }): PlaceAtM["pages"] {
  const institution = `/i/${of.institution}`;
  const [preview, production] = [`${institution}/preview`, `${institution}/production`];
  const [I, E] = ["(console)/i/[institution]", "(console)/i/[institution]/[environment]"];
  const plan = `${preview}/runs/${of.readyRun}`;
  const page = (file: string, path: string, who: Who = "member") => ({ name: path.replace(of.institution, "…"), file, path, who });
  const vendor = (file: string, path: string) => page(`(vendor)/vendor/${file}`, `/vendor${path}`, "staff");
  return [
    page(`${I}/page.tsx`, institution),
    ...[preview, production].flatMap((base) => [
      page(`${E}/page.tsx`, base),
      page(`${E}/overview/page.tsx`, `${base}/overview`),
      page(`${E}/runs/page.tsx`, `${base}/runs`),
      ...["schools", "teachers", "students", "classes"].map((kind) => page(`${E}/[kind]/page.tsx`, `${base}/${kind}`)),
      page(`${E}/organizations/page.tsx`, `${base}/organizations`),
      page(`${E}/log/page.tsx`, `${base}/log`),
      page(`${E}/upload/page.tsx`, `${base}/upload`),
    ]),
    page(`${E}/[kind]/page.tsx`, `${preview}/students?text=Okafor`),
    page(`${E}/[kind]/page.tsx`, `${preview}/students?school=${of.school}`),
    page(`${E}/[kind]/[sourcedId]/page.tsx`, `${preview}/schools/${of.school}`),
    page(`${E}/[kind]/[sourcedId]/page.tsx`, `${preview}/teachers/${of.teacher}`),
    page(`${E}/[kind]/[sourcedId]/page.tsx`, `${preview}/students/${of.student}`),
    page(`${E}/[kind]/[sourcedId]/page.tsx`, `${preview}/classes/${of.class}`),
    page(`${E}/organizations/[organization]/page.tsx`, `${preview}/organizations/${of.organization}`),
    page(`${E}/data-use/page.tsx`, `${preview}/data-use`),
    page(`${E}/runs/[run]/page.tsx`, `${preview}/runs/${of.committedRun}`),
    page(`${E}/runs/[run]/page.tsx`, plan),
    page(`${E}/runs/[run]/page.tsx`, `${production}/runs/${of.productionRun}`),
    page(`${E}/runs/[run]/actions/page.tsx`, `${plan}/actions`),
    page(`${E}/runs/[run]/actions/page.tsx`, `${plan}/actions?entity=enrollments&limit=200`),
    page(`${E}/runs/[run]/actions/page.tsx`, `${plan}/actions?text=Okafor`),
    page(`${E}/runs/[run]/actions/page.tsx`, `${preview}/runs/${of.committedRun}/actions`),
    page(`${E}/runs/[run]/schools/page.tsx`, `${plan}/schools`),
    page(`${E}/runs/[run]/findings/page.tsx`, `${plan}/findings`),
    page(`${E}/runs/[run]/log/page.tsx`, `${plan}/log`),
    page(`${E}/runs/[run]/welcome/page.tsx`, `${preview}/runs/${of.committedRun}/welcome`),
    page(`${E}/runs/[run]/welcome/page.tsx`, `${production}/runs/${of.productionRun}/welcome`),
    page(`${I}/configure/welcome/page.tsx`, `${institution}/configure/welcome`),
    page(`${I}/configure/page.tsx`, `${institution}/configure`),
    page(`${I}/configure/organizations/page.tsx`, `${institution}/configure/organizations`),
    page(`${I}/promote/page.tsx`, `${institution}/promote`),
    ...pagesIn("(console)/i/[institution]/settings").map((name) =>
      page(`${I}/settings/${name}/page.tsx`, `${institution}/settings/${name}`),
    ),
    page(`${I}/setup/page.tsx`, `${institution}/setup`),
    ...["source", "connect", "map"].map((name) => page(`${I}/setup/${name}/page.tsx`, `${institution}/setup/${name}`)),
    vendor("page.tsx", ""),
    ...pagesIn("(vendor)/vendor").map((name) => vendor(`${name}/page.tsx`, `/${name}`)),
    vendor("approvals/[id]/page.tsx", `/approvals/${of.promotion}`),
    vendor("institutions/[slug]/page.tsx", `/institutions/${of.institution}`),
    vendor("jobs/[job]/page.tsx", `/jobs/${of.job}`),
  ];
}
