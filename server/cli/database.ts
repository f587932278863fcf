import { migrate } from "@/db/migrate";
import { closeDatabases, databaseUrl } from "@/server/database";
import { AppError } from "@/server/errors";
import { deploymentSecret } from "@/server/secrets";

/** Exit code of a command that was understood and could not be done. */
export const EXIT_FAILED = 1;

/**
 * Runs a command against the database, which is started and brought up to date first. What it refuses is said in one line on
 * standard error; anything else that fails is a fault of ours and shows where.
 */
export async function withDatabase(work: () => Promise<number>): Promise<number> {
  try {
    await migrate({ url: await databaseUrl(), secret: deploymentSecret() });
    return await work();
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    console.error(cause.message);
    return EXIT_FAILED;
  } finally {
    await closeDatabases();
  }
}
