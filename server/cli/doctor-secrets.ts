import { env } from "@/server/env";
import { visitSealed } from "@/server/services/secrets/sealed";
import type { Finding } from "./doctor-checks";

/** What lies under which secret. Files are opened one by one only while there is a secret before: it takes about a second for a thousand. */
export async function checkSecrets(): Promise<Finding> {
  const isRotating = env.ROLLCALL_PREVIOUS_SECRET !== undefined;
  const { texts, files } = await visitSealed({ reseal: false, files: isRotating });
  const lost = texts.neither + files.neither;
  if (lost > 0) return { state: "failed", detail: `${lost} open under no secret that is set; is ROLLCALL_PREVIOUS_SECRET missing?` };
  if (!isRotating) return { state: "ok", detail: `${texts.current} kept, all sealed under this secret` };
  const old = texts.previous + files.previous;
  if (old > 0) return { state: "warning", detail: `${old} are sealed under the secret before: run rollcall secrets rotate` };
  return { state: "warning", detail: "nothing is sealed under the secret before any more: unset ROLLCALL_PREVIOUS_SECRET" };
}
