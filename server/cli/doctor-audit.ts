import { verifyEveryAudit } from "@/server/services/audit/verify";
import type { Finding } from "./doctor-checks";

/** Walks along the chain of every institution's audit. */
export async function checkAudit(): Promise<Finding> {
  const { entries, broken } = await verifyEveryAudit();
  if (broken.length === 0) return { state: "ok", detail: `every chain is intact, ${entries} entries` };
  const places = broken.map(({ institution, at }) => `${institution} at ${at.map(({ seq, what }) => `${seq} (${what})`).join(", ")}`);
  return { state: "failed", detail: `entries are not what they were: ${places.join("; ")}` };
}
