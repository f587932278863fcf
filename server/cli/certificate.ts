import { readFile } from "node:fs/promises";
import { verifyCertificate } from "@/server/services/data/certificate";

const USAGE = `rollcall certificate verify <file> [--json]

Says whether a certificate of deletion was signed by this deployment and is as it was. Exit 0 when it is, 1 when it is not.`;

const EXIT_MISUSED = 64;

/** The command `certificate`. Resolves to the exit code. It needs the deployment's secret and no database. */
export async function runCertificate([verb, ...rest]: string[]): Promise<number> {
  const [file] = rest.filter((word) => !word.startsWith("--"));
  if (verb !== "verify" || file === undefined || rest.some((word) => word.startsWith("--") && word !== "--json")) {
    console.error(USAGE);
    return EXIT_MISUSED;
  }
  const found = verifyCertificate(await readFile(file, "utf8").catch(() => ""));
  const isGood = typeof found !== "string";
  if (rest.includes("--json")) console.log(JSON.stringify(isGood ? { ok: true, says: found } : { ok: false, reason: found }));
  else if (isGood)
    console.log(
      `${found.institution.name} (${found.institution.slug}) was deleted at ${found.finishedAt}. The certificate is as it was signed.`,
    );
  else console.log(`${found}.`);
  return isGood ? 0 : 1;
}
