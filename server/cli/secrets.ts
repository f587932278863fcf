import { parseArgs } from "node:util";
import { env } from "@/server/env";
import { AppError } from "@/server/errors";
import { visitSealed } from "@/server/services/secrets/sealed";
import { EXIT_FAILED, withDatabase } from "./database";

const USAGE = `rollcall secrets rotate [--json]

Seals anew what lies under the secret before: set ROLLCALL_SECRET to the new one and ROLLCALL_PREVIOUS_SECRET to the old one, start the
system with both, and run this. It may be stopped and run again. When doctor counts nothing under the old one any more, unset it.
Links in mails that were sent before end with the old secret, staff's recovery codes too, and everybody signs in anew.`;

const EXIT_MISUSED = 64;

/** The command `secrets`. Resolves to the exit code. */
export async function runSecrets([verb, ...argv]: string[]): Promise<number> {
  const json = verb === "rotate" ? wantsJson(argv) : null;
  if (json === null) {
    console.error(USAGE);
    return EXIT_MISUSED;
  }
  return withDatabase(async () => {
    if (env.ROLLCALL_PREVIOUS_SECRET === undefined) {
      throw new AppError("INVALID", "ROLLCALL_PREVIOUS_SECRET is not set, so there is nothing to rotate from");
    }
    const { texts, files } = await visitSealed({ reseal: true, files: true });
    const lost = texts.neither + files.neither;
    if (json) console.log(JSON.stringify({ texts, files }));
    else console.log(`${texts.current} secrets and ${files.current} files are sealed under the new secret; ${lost} open under neither.`);
    return lost === 0 ? 0 : EXIT_FAILED;
  });
}

function wantsJson(argv: string[]): boolean | null {
  try {
    return parseArgs({ args: argv, options: { json: { type: "boolean", default: false } } }).values.json;
  } catch {
    return null;
  }
}
