import type { Actor } from "@/server/auth/actor";
import { asEngine } from "@/server/database";
import type { PromotionState } from "@/server/roster/promotion";
import { type Approval, getApproval } from "@/server/services/promotions/approval";
import { getPromotion } from "@/server/services/promotions/get";
import { commitRun } from "@/server/services/runs/commit";
import { getRun } from "@/server/services/runs/get";
import { rosterDigest } from "@/server/sync/digest";
import { eventually } from "@/tests/conformance/eventually";
import type { OpenDatabase } from "@/tests/support/database";
import { createRunScene, type RunScene } from "./scene";
import { dayOne } from "./two-days";

export const preview = { environment: "preview" } as const;
export const production = { environment: "production" } as const;

/** An institution whose first delivery is committed in Preview. */
export async function committedScene(): Promise<RunScene> {
  const scene = await createRunScene();
  await scene.prepare(dayOne());
  await commitRun(scene.owner, { ...preview, run: 1, selectionVersion: 0 });
  await scene.until(1, ["committed"]);
  return scene;
}

export const digestOf = (scene: RunScene, name: "preview" | "production") =>
  asEngine(scene.institution.id, (tx) => {
    const { id, bucket } = scene.institution.environments[name];
    return rosterDigest(tx, { environmentId: id, bucket });
  });

export const until = (scene: RunScene, ...states: PromotionState[]) =>
  eventually(
    `promotion in ${states.join(" or ")}`,
    async () => {
      const { promotion } = await getPromotion(scene.owner);
      return promotion !== null && states.includes(promotion.state) ? promotion : null;
    },
    90_000,
  );

/** Waits until what the approver decides about has been computed. */
export const approval = (db: OpenDatabase, approver: Actor, scene: RunScene & { promotion?: number }): Promise<Approval> =>
  eventually("a computed difference", async () => {
    const found = await getApproval(approver, { promotion: await idOf(db, scene, scene.promotion ?? 1) });
    return found.promotion.snapshotDigest !== null && !found.promotion.isOutdated && found.working === null ? found : null;
  });

/** What staff names a promotion by. */
async function idOf(db: OpenDatabase, scene: RunScene, number: number): Promise<string> {
  const [found] = await db.administrator<{ id: string }[]>`
    select id from promotions where institution_id = ${scene.institution.id} and number = ${number}`;
  if (found === undefined) throw new Error(`No promotion ${number}`);
  return found.id;
}

export const seen = ({ id, promotion, drift }: Approval) => ({
  promotion: id,
  digest: promotion.snapshotDigest ?? "",
  drift: drift === null ? null : { run: drift.run, selectionVersion: drift.selectionVersion, total: drift.total },
});

/** Waits until a run of Production is in one of these states. */
export const productionRun = (db: OpenDatabase, scene: RunScene, of: { run: number; states: readonly string[] }) =>
  eventually(`Production run ${of.run} ${of.states.join(" or ")}`, async () => {
    const [known] = await db.administrator`select 1 from runs where institution_id = ${scene.institution.id} and number = ${of.run}`;
    if (known === undefined) return null;
    const report = await getRun(scene.owner, { ...production, run: of.run });
    return of.states.includes(report.state) ? report : null;
  });
