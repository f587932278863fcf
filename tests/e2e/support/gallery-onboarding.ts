import { commandActor } from "@/server/auth/actor";
import { listMails } from "@/server/notify/list-mails";
import { createHandOff } from "@/server/services/hand-offs/create";
import { addMember } from "@/server/services/members/add";
import { foundAlone } from "./founding";
import type { Picture } from "./gallery";

const SETUP = "(console)/i/[institution]/setup";

/** Set-up in the states that it can be in, and the pages of those who are not members yet, or never will be. */
export async function onboardingPictures(of: {
  member: string;
  /** Nothing was sent. */
  fresh: { slug: string; feed: number };
  /** Something was committed to Preview. */
  ready: { slug: string };
}): Promise<Picture[]> {
  const alone = await foundAlone();
  await addMember(await commandActor(alone), { email: of.member, role: "admin" });
  const email = `it@${of.fresh.slug}.example`;
  await createHandOff(await commandActor(of.fresh.slug), {
    feed: of.fresh.feed,
    email,
    note: "The nightly export of PowerSchool, please.",
  });
  const mail = (await listMails()).find(({ recipient }) => recipient === email);
  const { pathname, search } = new URL(/http\S+/.exec(mail?.text ?? "")?.[0] ?? "");
  const inSetup = (name: string, file: string, path: string): Picture => ({ name, file: `${SETUP}/${file}`, path, viewer: "member" });
  return [
    inSetup("setup-first", "page.tsx", `/i/${alone}/setup`),
    inSetup("setup-waiting", "page.tsx", `/i/${of.fresh.slug}/setup`),
    inSetup("setup-later", "page.tsx", `/i/${of.ready.slug}/setup`),
    inSetup("setup-source", "source/page.tsx", `/i/${of.ready.slug}/setup/source`),
    inSetup("setup-connect", "connect/page.tsx", `/i/${of.fresh.slug}/setup/connect`),
    inSetup("setup-connected", "connect/page.tsx", `/i/${of.ready.slug}/setup/connect`),
    inSetup("setup-map", "map/page.tsx", `/i/${of.ready.slug}/setup/map`),
    { name: "institution-front", file: "(console)/i/[institution]/page.tsx", path: `/i/${of.ready.slug}`, viewer: "member" },
    { name: "sign-up", file: "(auth)/signup/page.tsx", path: "/signup", viewer: "nobody" },
    { name: "sign-up-continue", file: "(auth)/signup/continue/page.tsx", path: "/signup/continue?token=unknown", viewer: "nobody" },
    { name: "hand-off", file: "(auth)/hand-off/page.tsx", path: pathname + search, viewer: "nobody" },
    { name: "hand-off-ended", file: "(auth)/hand-off/page.tsx", path: "/hand-off?token=unknown", viewer: "nobody" },
  ];
}
