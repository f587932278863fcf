import { parseArgs } from "node:util";
import { createInstitution } from "@/server/services/institutions/create";
import { signInLink } from "@/server/services/sign-in/link-for";
import { withDatabase } from "./database";

const USAGE = `rollcall institution create --slug lakeside --name "Lakeside Unified" --zone America/Chicago --owner dana@lakeside.example [--json]

Makes an institution with its Preview and Production, and its first owner. Prints a link with which the owner signs in: once,
within ten minutes.`;

const EXIT_MISUSED = 64;

/** The command `institution create`. Resolves to the exit code. */
export async function runInstitution([verb, ...argv]: string[]): Promise<number> {
  const wish = verb === "create" ? wishFrom(argv) : null;
  if (wish === null) {
    console.error(USAGE);
    return EXIT_MISUSED;
  }
  return withDatabase(async () => {
    const { id, slug } = await createInstitution(
      { kind: "command", accountId: null },
      { slug: wish.slug, name: wish.name, timeZone: wish.zone, ownerEmail: wish.owner },
    );
    const link = await signInLink(wish.owner);
    if (wish.json) console.log(JSON.stringify({ id, slug, owner: wish.owner, link }));
    else console.log(`Made institution ${slug}. ${wish.owner} signs in within ten minutes at\n${link}`);
    return 0;
  });
}

function wishFrom(argv: string[]) {
  try {
    const text = { type: "string" } as const;
    const options = { slug: text, name: text, zone: text, owner: text, json: { type: "boolean", default: false } } as const;
    const { slug, name, zone, owner, json } = parseArgs({ args: argv, options }).values;
    return slug === undefined || name === undefined || zone === undefined || owner === undefined ? null : { slug, name, zone, owner, json };
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : String(cause));
    return null;
  }
}
