import { randomBytes } from "node:crypto";
import { z } from "zod";
import { commandActor } from "@/server/auth/actor";
import type { Role } from "@/server/auth/permissions";
import { signInByLink } from "@/server/cli/demo-sign-in";
import { createFeed } from "@/server/services/feeds/create";
import { createInstitution } from "@/server/services/institutions/create";
import { addMember } from "@/server/services/members/add";
import { SOURCES } from "@/server/sources";
import { type Person, personAt } from "@/server/trpc/person";

/** The system under test, as the global setup started it. */
export const systemUrl = (): string => z.url().parse(process.env.ROLLCALL_TEST_URL);

/** An institution of one test, with a feed and one member; nobody is signed in yet. */
export interface Scene {
  readonly slug: string;
  readonly name: string;
  readonly feed: number;
  readonly email: string;
}

export async function createScene(role: Role = "admin"): Promise<Scene> {
  const slug = `e2e-${randomBytes(5).toString("hex")}`;
  const name = "Harlow Valley Unified";
  await createInstitution(
    { kind: "command", accountId: null },
    { slug, name, timeZone: "America/Chicago", ownerEmail: `owner@${slug}.example`, ownerName: "Alex Whitfield" },
  );
  const actor = await commandActor(slug);
  const email = `dana@${slug}.example`;
  await addMember(actor, { email, name: "Dana Whitfield", role });
  const [source] = SOURCES;
  const feed = await createFeed(actor, { name: "SIS export", source: source?.key ?? "" });
  return { slug, name, feed: feed.id, email };
}

/** The scene's member, signed in by the mail's link, without a browser. */
export async function signedInPerson(scene: Scene): Promise<Person> {
  const person = personAt(systemUrl());
  await signInByLink(person, scene.email);
  return person;
}
