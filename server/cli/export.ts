import { parseArgs } from "node:util";
import { commandActor } from "@/server/auth/actor";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { ENVIRONMENTS, type EnvironmentName } from "@/server/roster/run";
import { exportRows } from "@/server/services/roster/export";
import { withDatabase } from "./database";

const USAGE = `rollcall export --institution <slug> [--environment ${ENVIRONMENTS.join("|")}] --entity ${ENTITIES.join("|")}

Prints the current rows of an entity as JSON lines, by source key; archived ones say so in "status".`;

const EXIT_MISUSED = 64;

/** The command `export`. Resolves to the exit code. */
export async function runExport(argv: string[]): Promise<number> {
  const wish = wishFrom(argv);
  if (wish === null) {
    console.error(USAGE);
    return EXIT_MISUSED;
  }
  return withDatabase(async () => {
    const actor = await commandActor(wish.institution);
    for await (const rows of exportRows(actor, { environment: wish.environment, entity: wish.entity })) {
      const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
      if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once("drain", resolve));
    }
    return 0;
  });
}

interface Wish {
  readonly institution: string;
  readonly environment: EnvironmentName;
  readonly entity: Entity;
}

function wishFrom(argv: string[]): Wish | null {
  try {
    const text = { type: "string" } as const;
    // JSON is all that this command prints; --json is taken like everywhere.
    const options = { institution: text, environment: { ...text, default: "preview" }, entity: text, json: { type: "boolean" } } as const;
    const { values } = parseArgs({ args: argv, options });
    const environment = ENVIRONMENTS.find((name) => name === values.environment);
    const entity = ENTITIES.find((name) => name === values.entity);
    return values.institution === undefined || environment === undefined || entity === undefined
      ? null
      : { institution: values.institution, environment, entity };
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : String(cause));
    return null;
  }
}
