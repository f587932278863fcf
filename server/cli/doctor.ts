import { closeDatabases } from "@/server/database";
import { failureOf } from "@/server/failure";
import type { GivenTo } from "./commands";
import { checkAudit } from "./doctor-audit";
import { checkDatabase, checkExecutor, checkMail, checkMigrations, checkObjectStore, type Finding } from "./doctor-checks";
import { checkInvariants } from "./doctor-invariants";
import { checkSecrets } from "./doctor-secrets";

/** In this order: what stands first explains what fails after it. */
const CHECKS: readonly { readonly name: string; readonly check: () => Promise<Finding> }[] = [
  { name: "database", check: checkDatabase },
  { name: "migrations", check: checkMigrations },
  { name: "invariants", check: checkInvariants },
  { name: "audit", check: checkAudit },
  { name: "secrets", check: checkSecrets },
  { name: "object store", check: checkObjectStore },
  { name: "mail", check: checkMail },
  { name: "executor", check: checkExecutor },
];

/** The command `doctor`. Changes nothing, starts nothing but an embedded database that is not running. */
export async function runDoctor({ json }: GivenTo<"doctor">): Promise<number> {
  const results = [];
  for (const { name, check } of CHECKS) results.push({ name, ...(await check().catch(asFinding)) });
  await closeDatabases();
  const ok = results.every(({ state }) => state !== "failed");
  if (json) console.log(JSON.stringify({ ok, checks: results }));
  else for (const { name, state, detail } of results) console.log(`${state.padEnd(8)}${name.padEnd(14)}${detail}`);
  return ok ? 0 : 1;
}

const asFinding = (cause: unknown): Finding => ({ state: "failed", detail: failureOf(cause).chain.join(", caused by ") });
