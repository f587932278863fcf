import { readFile } from "node:fs/promises";
import { verifyCertificate } from "@/server/services/data/certificate";
import { Misused } from "./command";
import type { GivenTo } from "./commands";

/** The command `certificate verify`. Resolves to the exit code; throws Misused. It needs the deployment's secret and no database. */
export async function runCertificateVerify({ operands, json }: GivenTo<"certificate verify">): Promise<number> {
  const [file = "", ...more] = operands;
  if (more.length > 0) throw new Misused("Name one file.");
  const found = verifyCertificate(await readFile(file, "utf8").catch(() => ""));
  const isGood = typeof found !== "string";
  if (json) console.log(JSON.stringify(isGood ? { ok: true, says: found } : { ok: false, reason: found }));
  else if (isGood)
    console.log(
      `${found.institution.name} (${found.institution.slug}) was deleted at ${found.finishedAt}. The certificate is as it was signed.`,
    );
  else console.log(`${found}.`);
  return isGood ? 0 : 1;
}
