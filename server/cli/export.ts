import { commandActor } from "@/server/auth/actor";
import { exportRows } from "@/server/services/roster/export";
import type { GivenTo } from "./commands";
import { withDatabase } from "./database";

/** The command `export`. Resolves to the exit code. */
export async function runExport({ institution, environment, entity }: GivenTo<"export">): Promise<number> {
  return withDatabase(async () => {
    const actor = await commandActor(institution);
    for await (const rows of exportRows(actor, { environment, entity })) {
      const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
      if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once("drain", resolve));
    }
    return 0;
  });
}
