import postgres from "postgres";
import { migrate } from "@/db/migrate";
import { commandActor } from "@/server/auth/actor";
import { asEngine, closeDatabases } from "@/server/database";
import { emit } from "@/server/jobs/events";
import { newObjectKey, removeObject } from "@/server/objects";
import { writeExport } from "@/server/services/data/write-export";
import { requestPromotion } from "@/server/services/promotions/confirm";
import { approvePromotion } from "@/server/services/promotions/decide";
import { commitRun } from "@/server/services/runs/commit";
import { sampleDistrict } from "@/server/sources/oneroster-csv/sample";
import { deletionScene } from "../api/deletion-scene";
import { approval, productionRun, seen, until } from "../api/promotion-scene";
import { createRunScene, startWorker } from "../api/scene";
import { eventually } from "../conformance/eventually";
import { createStaff } from "../support/institution";

const SEED = 20_260_901;

/** Rows, and milliseconds on the wall. */
export interface LifecycleFigures {
  readonly rows: number;
  readonly exportMs: number;
  readonly exportBytes: number;
  readonly purgeMs: number;
}

/** Makes an institution of this size live, exports it, and purges it. */
export async function measureLifecycle(of: { size: "S" | "M" | "L"; url: string; secret: string }): Promise<LifecycleFigures> {
  await migrate(of);
  const administrator = postgres(of.url, { max: 2, onnotice: () => {} });
  const database = { url: of.url, administrator, close: async () => {} };
  const worker = await startWorker();
  const scene = await createRunScene();
  const { id } = scene.institution;
  const approver = await createStaff("admin");
  const files = sampleDistrict({ size: of.size, day: 1, seed: SEED }).map((file) => ({
    name: file.name,
    content: [...file.chunks()].join(""),
  }));
  await scene.prepare(files);
  await commitRun(scene.owner, { environment: "preview", run: 1, selectionVersion: 0 });
  await scene.until(1, ["committed"]);
  await requestPromotion(scene.owner, { seq: 1 });
  await approvePromotion(approver, seen(await approval(database, approver, scene)));
  await until(scene, "live");
  await productionRun(database, scene, { run: 3, states: ["committed", "ignored", "ready", "held"] });

  const key = newObjectKey(id);
  const began = performance.now();
  const written = await writeExport(await commandActor(scene.institution.slug), key);
  const exportMs = performance.now() - began;
  await removeObject({ institutionId: id, key });

  const deletion = deletionScene(database, approver);
  await deletion.askedBy(scene.institution);
  await deletion.decide(scene.institution, "approve");
  await deletion.passTwoWeeks(scene.institution);
  const rows = Object.values(await deletion.rowsOf(id)).reduce((sum, count) => sum + count, 0);
  const due = performance.now();
  await asEngine(id, (tx) => emit(tx, { name: "deletion/due", data: { institutionId: id } }));
  await eventually("the end of the deletion", async () => {
    const [found] = await administrator`select 1 from institutions where id = ${id}`;
    return found === undefined;
  });
  const purgeMs = performance.now() - due;
  await worker.stop();
  await closeDatabases();
  await administrator.end();
  return { rows, exportMs: Math.round(exportMs), exportBytes: written.bytes, purgeMs: Math.round(purgeMs) };
}
