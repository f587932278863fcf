import { setTimeout as pause } from "node:timers/promises";
import type { Person } from "@/server/trpc/person";
import type { Picture } from "./gallery";
import type { StaffPerson } from "./staff";

const PATIENCE_MS = 180_000;
const PROMOTE = "(console)/i/[institution]/promote/page.tsx";

/** The road to Production in the states that it can be in, for both sides. The institutions have a first commit in Preview. */
export async function promotionPictures(of: {
  staff: StaffPerson;
  fresh: { slug: string };
  /** Nothing is asked, one waits for the vendor, one goes live here and is undone again. */
  ready: { slug: string };
  asked: { slug: string; person: Person };
  live: { slug: string; person: Person };
}): Promise<Picture[]> {
  const { staff, fresh, ready, asked, live } = of;
  await asked.person.api.promotions.request.mutate({ institution: asked.slug, seq: 1, note: "The counts agree." });
  const waiting = await waitFor("a difference", async () => decidable(staff, asked.slug));
  await live.person.api.promotions.request.mutate({ institution: live.slug, seq: 1 });
  const approval = await waitFor("a difference", async () => decidable(staff, live.slug));
  await staff.person.api.vendor.approvals.approve.mutate({
    promotion: approval.id,
    digest: approval.promotion.snapshotDigest ?? "",
    drift: null,
  });
  const run = await waitFor("a live Production", async () => {
    const page = await live.person.api.promotions.get.query({ institution: live.slug });
    return page.promotion?.state === "live" && page.production.headSeq === 2 ? page.run : null;
  });
  const production = `/i/${live.slug}/production`;
  const inConsole = (name: string, file: string, path: string): Picture => ({ name, file, path, viewer: "member" });
  return [
    inConsole("promote-nothing", PROMOTE, `/i/${fresh.slug}/promote`),
    inConsole("promote-first", PROMOTE, `/i/${ready.slug}/promote`),
    inConsole("promote-asked", PROMOTE, `/i/${asked.slug}/promote`),
    inConsole("promote-live", PROMOTE, `/i/${live.slug}/promote`),
    inConsole("status-asked", "(console)/i/[institution]/[environment]/page.tsx", `/i/${asked.slug}/preview`),
    inConsole("status-live", "(console)/i/[institution]/[environment]/page.tsx", production),
    inConsole("report-promotion", "(console)/i/[institution]/[environment]/runs/[run]/page.tsx", `${production}/runs/${run}`),
    { name: "approvals", file: "(vendor)/vendor/approvals/page.tsx", path: "/vendor/approvals", viewer: "staff" },
    { name: "approval", file: "(vendor)/vendor/approvals/[id]/page.tsx", path: `/vendor/approvals/${waiting.id}`, viewer: "staff" },
    { name: "approval-live", file: "(vendor)/vendor/approvals/[id]/page.tsx", path: `/vendor/approvals/${approval.id}`, viewer: "staff" },
  ];
}

/** The request of this institution, once what the approver decides about is computed. */
async function decidable({ person }: StaffPerson, slug: string) {
  const { waiting } = await person.api.vendor.approvals.queue.query();
  const found = waiting.find(({ institution }) => institution.slug === slug);
  if (found === undefined) return null;
  const approval = await person.api.vendor.approvals.get.query({ promotion: found.id });
  return approval.promotion.snapshotDigest === null ? null : approval;
}

async function waitFor<T>(what: string, ask: () => Promise<T | null>): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await pause(200)) {
    const found = await ask();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`There is no ${what}`);
  }
}
