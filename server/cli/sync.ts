import { parseArgs } from "node:util";
import { commandActor, type TenantActor } from "@/server/auth/actor";
import { AppError } from "@/server/errors";
import { ENVIRONMENTS, type EnvironmentName, type RunKind } from "@/server/roster/run";
import { bringDelivery } from "@/server/services/deliveries/bring";
import { createFeed } from "@/server/services/feeds/create";
import { listFeeds } from "@/server/services/feeds/list";
import { setMode } from "@/server/services/feeds/set-mode";
import { startRun } from "@/server/services/runs/start";
import { EXIT_FAILED, withDatabase } from "./database";
import { reportOf, type SyncReport, textOf } from "./sync-report";
import { untilEnded } from "./sync-wait";

const USAGE = `rollcall sync --institution <slug> --feed <name> --file <path>… [--environment ${ENVIRONMENTS.join("|")}]
              [--full|--quick] [--mode bulk|delta] [--commit] [--source <kind>] [--json]

Brings files in by the same door as an upload, prepares a run, and with --commit commits it unless it is held. --source makes
the feed when there is none of that name. --mode is kept by the feed, for all its files.
Exit code: 0 ready or committed, 1 held or refused or failed, 64 the command was misused.`;

const EXIT_MISUSED = 64;

/** The command `sync`. Resolves to the exit code. */
export async function runSync(argv: string[]): Promise<number> {
  const wish = wishFrom(argv);
  if ("problem" in wish) {
    console.error(`${wish.problem}\n\n${USAGE}`);
    return EXIT_MISUSED;
  }
  return withDatabase(async () => {
    const report = await sync(await commandActor(wish.institution), wish);
    console.log(wish.json ? JSON.stringify(report) : textOf(report));
    return ["ready", "committed", "ignored"].includes(report.state) ? 0 : EXIT_FAILED;
  });
}

async function sync(actor: TenantActor, wish: Wish): Promise<SyncReport> {
  const feed = await feedOf(actor, wish);
  if (wish.mode !== null) await setMode(actor, { feed, file: "*", mode: wish.mode });
  const delivery = await bringDelivery(actor, { feed, paths: wish.files });
  if (delivery.state === "refused") return reportOf(actor, { environment: wish.environment, run: null, issues: delivery.issues });
  const { number } = await startRun(actor, {
    environment: wish.environment,
    feed,
    delivery: delivery.delivery,
    kind: wish.kind,
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

interface Wish {
  readonly institution: string;
  readonly feed: string;
  readonly source: string | null;
  readonly environment: EnvironmentName;
  readonly files: readonly string[];
  readonly kind: RunKind;
  readonly mode: "bulk" | "delta" | null;
  readonly commit: boolean;
  readonly json: boolean;
}

function wishFrom(argv: string[]): Wish | { problem: string } {
  try {
    const text = { type: "string" } as const;
    const flag = { type: "boolean", default: false } as const;
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        institution: text,
        feed: text,
        source: text,
        environment: { ...text, default: "preview" },
        file: { ...text, multiple: true },
        full: flag,
        quick: flag,
        mode: text,
        commit: flag,
        json: flag,
      },
    });
    // `--file a.csv b.csv`: what follows the first path belongs to it.
    const files = [...(values.file ?? []), ...positionals];
    const environment = ENVIRONMENTS.find((name) => name === values.environment);
    const { mode = null } = values;
    if (values.institution === undefined || values.feed === undefined) return { problem: "Name the institution and the feed." };
    if (files.length === 0) return { problem: "Name at least one file." };
    if (environment === undefined) return { problem: `--environment is ${ENVIRONMENTS.join(" or ")}.` };
    if (mode !== null && mode !== "bulk" && mode !== "delta") return { problem: "--mode is bulk or delta." };
    if (values.full && values.quick) return { problem: "A run is full or quick." };
    return {
      institution: values.institution,
      feed: values.feed,
      source: values.source ?? null,
      environment,
      files,
      kind: values.quick ? "quick" : "full",
      mode,
      commit: values.commit,
      json: values.json,
    };
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : String(cause) };
  }
}
