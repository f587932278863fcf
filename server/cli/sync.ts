import { commandActor, type TenantActor } from "@/server/auth/actor";
import { AppError } from "@/server/errors";
import { bringDelivery } from "@/server/services/deliveries/bring";
import { createFeed } from "@/server/services/feeds/create";
import { listFeeds } from "@/server/services/feeds/list";
import { setMode } from "@/server/services/feeds/set-mode";
import { startRun } from "@/server/services/runs/start";
import { Misused } from "./command";
import type { GivenTo } from "./commands";
import { EXIT_FAILED, withDatabase } from "./database";
import { reportOf, type SyncReport, textOf } from "./sync-report";
import { untilEnded } from "./sync-wait";

type Wish = GivenTo<"sync">;

/** The command `sync`. Resolves to the exit code; throws Misused. */
export async function runSync(wish: Wish): Promise<number> {
  if (wish.full && wish.quick) throw new Misused("A run is full or quick.");
  return withDatabase(async () => {
    const report = await sync(await commandActor(wish.institution), wish);
    console.log(wish.json ? JSON.stringify(report) : textOf(report));
    return ["ready", "committed", "ignored"].includes(report.state) ? 0 : EXIT_FAILED;
  });
}

async function sync(actor: TenantActor, wish: Wish): Promise<SyncReport> {
  const feed = await feedOf(actor, wish);
  if (wish.mode !== null) await setMode(actor, { feed, file: "*", mode: wish.mode });
  // `--file a.csv b.csv`: what follows the first path belongs to it.
  const delivery = await bringDelivery(actor, { feed, paths: [...wish.file, ...wish.operands] });
  if (delivery.state === "refused") return reportOf(actor, { environment: wish.environment, run: null, issues: delivery.issues });
  const { number } = await startRun(actor, {
    environment: wish.environment,
    feed,
    delivery: delivery.delivery,
    kind: wish.quick ? "quick" : "full",
    autoCommit: wish.commit,
  });
  await untilEnded(actor, { environment: wish.environment, run: number, commits: wish.commit });
  return reportOf(actor, { environment: wish.environment, run: number, issues: [] });
}

async function feedOf(actor: TenantActor, wish: Wish): Promise<number> {
  const known = (await listFeeds(actor)).find((feed) => feed.name === wish.feed);
  if (known !== undefined) return known.id;
  if (wish.source === null) throw new AppError("NOT_FOUND", `There is no feed "${wish.feed}". --source makes it.`);
  return (await createFeed(actor, { name: wish.feed, source: wish.source })).id;
}
