import { env } from "@/server/env";
import { AppError } from "@/server/errors";
import { counted } from "@/server/services/runs/words";
import { visitSealed } from "@/server/services/secrets/sealed";
import type { GivenTo } from "./commands";
import { EXIT_FAILED, withDatabase } from "./database";

/** The command `secrets rotate`. Resolves to the exit code. */
export async function runSecretsRotate({ json }: GivenTo<"secrets rotate">): Promise<number> {
  return withDatabase(async () => {
    if (env.ROLLCALL_PREVIOUS_SECRET === undefined) {
      throw new AppError("INVALID", "ROLLCALL_PREVIOUS_SECRET is not set, so there is nothing to rotate from");
    }
    const { texts, files } = await visitSealed({ reseal: true, files: true });
    const lost = texts.neither + files.neither;
    if (json) console.log(JSON.stringify({ texts, files }));
    else
      console.log(
        `${counted(texts.current, ["secret", "secrets"])} and ${counted(files.current, ["file", "files"])} are sealed under the new secret; ${lost} open under neither.`,
      );
    return lost === 0 ? 0 : EXIT_FAILED;
  });
}
