import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { commandActor } from "@/server/auth/actor";
import type { DemoDelivery } from "@/server/cli/demo-district";
import { commit, prepare, upload } from "@/server/cli/demo-play";
import { signInByLink } from "@/server/cli/demo-sign-in";
import { listMails } from "@/server/notify/list-mails";
import { WORKING_STATES } from "@/server/roster/run";
import { listJobs } from "@/server/services/jobs/list";
import { addMember } from "@/server/services/members/add";
import { type Person, personAt } from "@/server/trpc/person";
import { districtFiles } from "./district";
import { dataPictures } from "./gallery-data";
import { onboardingPictures } from "./gallery-onboarding";
import { promotionPictures } from "./gallery-promotion";
import { switchWelcomeOn, welcomePictures } from "./gallery-welcome";
import { stopAtPeople } from "./held-run";
import { createScene, type Scene, signedInPerson, systemUrl } from "./scene";
import { createStaffPerson, type StaffPerson } from "./staff";

/** Who looks at a page: a member of every institution of the gallery, staff, somebody who belongs nowhere, nobody. */
export const VIEWERS = ["member", "staff", "stranger", "nobody"] as const;
export type Viewer = (typeof VIEWERS)[number];

/** One page in one of its states. `file` is the page's own below `app/`. */
export interface Picture {
  readonly name: string;
  readonly file: string;
  readonly path: string;
  readonly viewer: Viewer;
  /** What its answer says. */
  readonly status?: number;
}

export interface Gallery {
  readonly pictures: readonly Picture[];
  readonly emails: Readonly<Record<Exclude<Viewer, "nobody" | "staff">, string>>;
  readonly staff: StaffPerson;
  /** Lets the run that is held at work go on. */
  close(): Promise<void>;
}

const STUDENTS = 210;
const PATIENCE_MS = 180_000;
const CONSOLE = "(console)/i/[institution]/[environment]";

/** Institutions in every state that a page can show, made by the doors that people use. */
export async function hangGallery(): Promise<Gallery> {
  const mark = randomBytes(4).toString("hex");
  const emails = { member: `member@${mark}.example`, stranger: `stranger@${mark}.example` };
  const staff = await createStaffPerson("admin");
  const scene = async (): Promise<{ scene: Scene; person: Person; base: string }> => {
    const made = await createScene();
    await addMember(await commandActor(made.slug), { email: emails.member, name: "Robin Adeyemi", role: "admin" });
    return { scene: made, person: await signedInPerson(made), base: `/i/${made.slug}/preview` };
  };
  const fresh = await scene();
  // Somewhere else as well, so that there is a session to end.
  await signInByLink(personAt(systemUrl()), emails.member);
  const ready = await scene();
  const monday = districtFiles({ seed: 11, students: STUDENTS });
  await play(ready, monday, "committed");
  await play(ready, withErrors(districtFiles({ seed: 11, students: STUDENTS, alterations: SOME })), "ready");
  const held = await scene();
  await play(held, monday, "committed");
  await play(held, districtFiles({ seed: 11, students: STUDENTS, alterations: { withoutStudents: FEWER } }), "held");
  const failed = await scene();
  await play(failed, inACircle(monday), "failed");
  const working = await scene();
  const release = await play(working, monday, "loading");
  const [asked, live] = [await scene(), await scene()];
  await play(asked, monday, "committed");
  await play(live, monday, "committed");
  await switchWelcomeOn({ slug: live.scene.slug, person: live.person });
  const [mail] = (await listMails()).filter(({ kind }) => kind === "ready");
  const place = { institution: ready.scene.slug, environment: "preview" } as const;
  const record = async (kind: "schools" | "teachers" | "students" | "classes"): Promise<string> => {
    const { rows } = await ready.person.api.roster.list.query({ ...place, kind });
    return `${ready.base}/${kind}/${encodeURIComponent(rows[0]?.sourcedId ?? "")}`;
  };
  const inConsole = (name: string, file: string, path: string): Picture => ({ name, file: `${CONSOLE}/${file}`, path, viewer: "member" });
  const kinds = ["schools", "teachers", "students", "classes"] as const;
  await ready.person.api.organizations.autoCreate.mutate({ institution: ready.scene.slug });
  const { organizations } = await ready.person.api.organizations.list.query(place);
  const district = organizations[0]?.id;
  return {
    emails,
    staff,
    close: release,
    pictures: [
      inConsole("status-never-synced", "page.tsx", fresh.base),
      inConsole("status-ready", "page.tsx", ready.base),
      inConsole("status-held", "page.tsx", held.base),
      inConsole("status-failed", "page.tsx", failed.base),
      inConsole("status-working", "page.tsx", working.base),
      inConsole("status-production", "page.tsx", `/i/${ready.scene.slug}/production`),
      inConsole("upload-first", "upload/page.tsx", `${fresh.base}/upload`),
      inConsole("upload-later", "upload/page.tsx", `${ready.base}/upload`),
      inConsole("history-empty", "runs/page.tsx", `${fresh.base}/runs`),
      inConsole("history", "runs/page.tsx", `${ready.base}/runs`),
      inConsole("report-committed", "runs/[run]/page.tsx", `${ready.base}/runs/1`),
      inConsole("report-ready", "runs/[run]/page.tsx", `${ready.base}/runs/2`),
      inConsole("report-held", "runs/[run]/page.tsx", `${held.base}/runs/2`),
      inConsole("report-failed", "runs/[run]/page.tsx", `${failed.base}/runs/1`),
      inConsole("report-working", "runs/[run]/page.tsx", `${working.base}/runs/1`),
      inConsole("actions", "runs/[run]/actions/page.tsx", `${ready.base}/runs/2/actions`),
      inConsole("actions-edits", "runs/[run]/actions/page.tsx", `${ready.base}/runs/2/actions?action=edit`),
      inConsole("actions-committed", "runs/[run]/actions/page.tsx", `${ready.base}/runs/1/actions`),
      inConsole("actions-none", "runs/[run]/actions/page.tsx", `${ready.base}/runs/2/actions?text=nobody+is+called+so`),
      {
        name: "configure",
        file: "(console)/i/[institution]/configure/page.tsx",
        path: `/i/${ready.scene.slug}/configure`,
        viewer: "member",
      },
      {
        name: "configure-organizations",
        file: "(console)/i/[institution]/configure/organizations/page.tsx",
        path: `/i/${ready.scene.slug}/configure/organizations`,
        viewer: "member",
      },
      inConsole("organizations", "organizations/page.tsx", `${ready.base}/organizations`),
      inConsole("organizations-empty", "organizations/page.tsx", `${fresh.base}/organizations`),
      inConsole("organization", "organizations/[organization]/page.tsx", `${ready.base}/organizations/${district}`),
      inConsole("overview", "overview/page.tsx", `${ready.base}/overview`),
      inConsole("overview-empty", "overview/page.tsx", `${fresh.base}/overview`),
      inConsole("log", "log/page.tsx", `${ready.base}/log?run=2`),
      inConsole("log-empty", "log/page.tsx", `${fresh.base}/log`),
      inConsole("log-of-run", "runs/[run]/log/page.tsx", `${ready.base}/runs/2/log`),
      inConsole("report-schools", "runs/[run]/schools/page.tsx", `${ready.base}/runs/2/schools`),
      inConsole("findings", "runs/[run]/findings/page.tsx", `${ready.base}/runs/2/findings`),
      ...kinds.map((kind) => inConsole(`${kind}-empty`, "[kind]/page.tsx", `${fresh.base}/${kind}`)),
      ...kinds.map((kind) => inConsole(kind, "[kind]/page.tsx", `${ready.base}/${kind}`)),
      ...(await Promise.all(kinds.map(async (kind) => inConsole(`${kind}-one`, "[kind]/[sourcedId]/page.tsx", await record(kind))))),
      inSettings("members", ready.scene.slug),
      inSettings("notifications", ready.scene.slug),
      inSettings("security", ready.scene.slug),
      inSettings("audit", ready.scene.slug),
      inSettings("data", ready.scene.slug),
      { name: "invitation-ended", file: "(auth)/invite/[token]/page.tsx", path: "/invite/unknown", viewer: "nobody" },
      inConsole("data-use", "data-use/page.tsx", `${ready.base}/data-use`),
      { name: "account", file: "account/page.tsx", path: "/account", viewer: "member" },
      ...(await onboardingPictures({ member: emails.member, fresh: fresh.scene, ready: ready.scene })),
      ...(await promotionPictures({
        staff,
        fresh: fresh.scene,
        ready: ready.scene,
        asked: { slug: asked.scene.slug, person: asked.person },
        live: { slug: live.scene.slug, person: live.person },
      })),
      ...(await welcomePictures({ slug: live.scene.slug, person: live.person, mail: mail?.text ?? "" })),
      { name: "institutions", file: "institutions/page.tsx", path: "/institutions", viewer: "member" },
      { name: "institutions-none", file: "institutions/page.tsx", path: "/institutions", viewer: "stranger" },
      { name: "vendor", file: "(vendor)/vendor/page.tsx", path: "/vendor", viewer: "staff" },
      { name: "vendor-none", file: "(vendor)/vendor/page.tsx", path: "/vendor?owner=me&kind=failing", viewer: "staff" },
      { name: "vendor-institutions", file: "(vendor)/vendor/institutions/page.tsx", path: "/vendor/institutions", viewer: "staff" },
      {
        name: "vendor-institution",
        file: "(vendor)/vendor/institutions/[slug]/page.tsx",
        path: `/vendor/institutions/${held.scene.slug}`,
        viewer: "staff",
      },
      { name: "vendor-runs", file: "(vendor)/vendor/runs/page.tsx", path: "/vendor/runs", viewer: "staff" },
      ...(await dataPictures()),
      { name: "vendor-certificates", file: "(vendor)/vendor/certificates/page.tsx", path: "/vendor/certificates", viewer: "staff" },
      { name: "vendor-limits", file: "(vendor)/vendor/limits/page.tsx", path: "/vendor/limits", viewer: "staff" },
      { name: "jobs", file: "(vendor)/vendor/jobs/page.tsx", path: "/vendor/jobs", viewer: "staff" },
      { name: "jobs-none", file: "(vendor)/vendor/jobs/page.tsx", path: "/vendor/jobs?status=cancelled&older=1440", viewer: "staff" },
      {
        name: "job-done",
        file: "(vendor)/vendor/jobs/[job]/page.tsx",
        path: await jobPage(ready.scene.slug, "completed"),
        viewer: "staff",
      },
      {
        name: "job-working",
        file: "(vendor)/vendor/jobs/[job]/page.tsx",
        path: await jobPage(working.scene.slug, "running"),
        viewer: "staff",
      },
      { name: "staff", file: "(vendor)/vendor/staff/page.tsx", path: "/vendor/staff", viewer: "staff" },
      { name: "staff-audit", file: "(vendor)/vendor/audit/page.tsx", path: "/vendor/audit?of=all", viewer: "staff" },
      { name: "second-factor", file: "(auth)/vendor/sign-in/page.tsx", path: "/vendor/sign-in", viewer: "staff" },
      { name: "front", file: "page.tsx", path: "/", viewer: "member" },
      { name: "login", file: "(auth)/login/page.tsx", path: "/login", viewer: "nobody" },
      { name: "login-link", file: "(auth)/login/link/page.tsx", path: "/login/link?token=unknown", viewer: "nobody" },
      { name: "help", file: "help/codes/page.tsx", path: "/help/codes", viewer: "nobody" },
      { name: "help-one", file: "help/codes/[code]/page.tsx", path: "/help/codes/REF_MISSING", viewer: "nobody" },
      { name: "mails", file: "dev/mail/page.tsx", path: "/dev/mail", viewer: "nobody" },
      { name: "mail", file: "dev/mail/[id]/page.tsx", path: `/dev/mail/${mail?.id}`, viewer: "nobody" },
      { name: "not-found", file: "not-found.tsx", path: "/no/such/page", viewer: "nobody", status: 404 },
      { ...inConsole("not-found-run", "not-found.tsx", `${ready.base}/runs/999`), status: 404 },
      { ...inConsole("not-found-institution", "not-found.tsx", "/i/elsewhere/preview"), file: "not-found.tsx", status: 404 },
    ],
  };
}

const inSettings = (page: "members" | "notifications" | "security" | "audit" | "data", slug: string): Picture => ({
  name: page,
  file: `(console)/i/[institution]/settings/${page}/page.tsx`,
  path: `/i/${slug}/settings/${page}`,
  viewer: "member",
});

/** The page of a run of a function about this institution. */
async function jobPage(institution: string, status: "completed" | "running"): Promise<string> {
  const { jobs } = await listJobs({ institution, status });
  return `/vendor/jobs/${jobs[0]?.id}`;
}

const SOME = { withoutStudents: new Set([10, 11]), renamedStudents: new Set([20, 21, 22]), addedStudents: 3 };
const FEWER: ReadonlySet<number> = new Set(Array.from({ length: 30 }, (_, index) => 10 + index));

/** A run up to a state. Resolves to what lets it go on, where the state is one in which a worker works. */
async function play(
  { scene, person }: { scene: Scene; person: Person },
  delivery: DemoDelivery,
  wanted: "committed" | "ready" | "held" | "failed" | "loading",
): Promise<() => Promise<void>> {
  const place = { institution: scene.slug, environment: "preview" } as const;
  const id = await upload(person, { place, feed: scene.feed, delivery });
  const to = { place, feed: scene.feed, delivery: id, kind: "full" } as const;
  if (wanted === "ready" || wanted === "committed") {
    const number = await prepare(person, to);
    if (wanted === "committed") await commit(person, { ...place, run: number });
    return async () => {};
  }
  const release = wanted === "loading" ? await stopAtPeople(scene) : async () => {};
  const { number } = await person.api.runs.start.mutate({ ...place, feed: scene.feed, delivery: id, kind: "full", autoCommit: false });
  for (const deadline = Date.now() + PATIENCE_MS; ; await pause(100)) {
    const { state, reason, phases } = await person.api.runs.progress.query({ ...place, run: number });
    if (state === wanted && (wanted !== "loading" || phases.some(({ phase }) => phase === "load"))) return release;
    if (!WORKING_STATES.some((working) => working === state)) throw new Error(`Run ${number} is ${state}: ${reason}`);
    if (Date.now() > deadline) throw new Error(`Run ${number} is still ${state}`);
  }
}

const changed = (delivery: DemoDelivery, name: string, change: (text: string) => string): DemoDelivery => ({
  ...delivery,
  files: delivery.files.map((file) => (file.name === name ? { name, text: change(file.text) } : file)),
});

/** With rows that cannot be read, and one that names a class that nobody has. */
export function withErrors(delivery: DemoDelivery): DemoDelivery {
  const bad = ["bad-1,,,true,school-001,teachr,b1,,Ann,Lee,,,,,,,,", "bad-2,,,true,school-001,student,b2,,,,,,,,,,,"];
  const users = changed(delivery, "users.csv", (text) => `${text}${bad.join("\n")}\n`);
  return changed(users, "enrollments.csv", (text) => {
    const [header = "", first = ""] = text.split("\n");
    const columns = header.split(",");
    const cells = first.split(",");
    cells[columns.indexOf("sourcedId")] = "astray-1";
    cells[columns.indexOf("classSourcedId")] = "class-of-nobody";
    return `${text}${cells.join(",")}\n`;
  });
}

/** The district and its first school belong to each other, which nothing can be made of. */
const inACircle = (delivery: DemoDelivery): DemoDelivery =>
  changed(delivery, "orgs.csv", (text) => text.replace(/^(district,.*),$/m, "$1,school-001"));
