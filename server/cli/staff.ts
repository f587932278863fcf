import { parseArgs } from "node:util";
import { z } from "zod";
import { STAFF_ROLES } from "@/server/auth/permissions";
import { signInLink } from "@/server/services/sign-in/link-for";
import { resetFactorOf } from "@/server/services/staff/reset-factor";
import { addStaff } from "@/server/services/vendor/add-staff";
import { withDatabase } from "./database";

const USAGE = `rollcall staff add --email sam@vendor.example --role admin|approver|support [--name "Sam Ortiz"] [--json]
rollcall staff reset --email sam@vendor.example [--json]

add makes somebody one of the vendor's staff: the way to the first admin, who adds the others on a page. reset takes all second
factors and recovery codes of somebody away. Both print a link with which they sign in, once, within ten minutes, and then set a
second factor up.`;

const EXIT_MISUSED = 64;

const Wish = z.discriminatedUnion("verb", [
  z.object({ verb: z.literal("add"), email: z.string(), role: z.enum(STAFF_ROLES), name: z.string().optional(), json: z.boolean() }),
  z.object({ verb: z.literal("reset"), email: z.string(), json: z.boolean() }),
]);

/** The command `staff`. Resolves to the exit code. */
export async function runStaff([verb, ...argv]: string[]): Promise<number> {
  const wish = wishFrom(verb, argv);
  if (wish === null) {
    console.error(USAGE);
    return EXIT_MISUSED;
  }
  return withDatabase(async () => {
    const email = wish.verb === "add" ? (await addStaff(wish)).email : (await resetFactorOf(wish.email)).email;
    const link = await signInLink(email);
    if (wish.json) console.log(JSON.stringify({ email, link }));
    else console.log(`${email} signs in within ten minutes, and sets up a second factor, at\n${link}`);
    return 0;
  });
}

function wishFrom(verb: string | undefined, argv: string[]): z.infer<typeof Wish> | null {
  try {
    const text = { type: "string" } as const;
    const { values } = parseArgs({
      args: argv,
      options: { email: text, role: text, name: text, json: { type: "boolean", default: false } },
    });
    return Wish.safeParse({ verb, ...values }).data ?? null;
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : String(cause));
    return null;
  }
}
