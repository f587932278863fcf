import { parseArgs } from "node:util";
import startSystem from "../e2e/support/system";
import { hundredth, printTable } from "./pages-table";

/**
 * `npm run bench:pages [-- --weight | --time] [--times 30] [--only name,…] [--json]`: what a page costs, of a production build that was
 * started for it. Weight: for every page in every state (`--only`: for these), its script beyond an empty page's, how far it jumps while
 * it loads, and its HTML. Time: for every console page and every procedure that reads (`--only`: whose address or name has one of these
 * pieces), how long the server takes with a roster of size M. Exit 1 over a budget.
 */
const SCRIPT_BYTES_MAX = 200_000;
const SHIFT_MAX = 0.02;
const P95_MS_MAX = 100;
const TIMES = 30;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      weight: { type: "boolean" },
      time: { type: "boolean" },
      times: { type: "string" },
      only: { type: "string" },
      json: { type: "boolean" },
    },
  });
  const both = values.weight !== true && values.time !== true;
  const stop = await startSystem();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop().then(() => process.exit(1)));
  try {
    const isJson = values.json === true;
    const only = values.only?.split(",");
    const weight = both || values.weight === true ? await reportWeight(isJson, only) : 0;
    const time = both || values.time === true ? await reportTime({ times: Number(values.times ?? TIMES), isJson, only }) : 0;
    return weight + time;
  } finally {
    await stop();
  }
}

async function reportWeight(isJson: boolean, only?: readonly string[]): Promise<number> {
  // What reads the environment is loaded once the system has said where it is.
  const { weighPages } = await import("./pages-weight");
  const { emptyBytes, pages } = await weighPages(only);
  const over = pages.filter(({ scriptBytes, shift }) => scriptBytes >= SCRIPT_BYTES_MAX || Math.max(...shift) > SHIFT_MAX);
  if (isJson) console.log(JSON.stringify({ emptyBytes, pages, over: over.map(({ name }) => name) }));
  else {
    printTable(
      `Script beyond an empty page (${kilo(emptyBytes)} KB), shift at 1280 and 375 px, HTML; compressed KB`,
      ["page", "script", "shift 1280", "shift 375", "HTML", ""],
      pages.map((page) => [
        page.name,
        kilo(page.scriptBytes),
        page.shift[0].toFixed(3),
        page.shift[1].toFixed(3),
        kilo(page.htmlBytes),
        over.includes(page) ? "OVER" : "",
      ]),
    );
  }
  return over.length;
}

async function reportTime({
  times,
  isJson,
  only,
}: {
  times: number;
  isJson: boolean;
  only: readonly string[] | undefined;
}): Promise<number> {
  const { timePages } = await import("./pages-time");
  const { timed, unmeasured } = await timePages(times, only);
  const over = timed.filter(({ p95 }) => p95 > P95_MS_MAX);
  if (isJson) console.log(JSON.stringify({ times, timed, unmeasured, over: over.map(({ name }) => name) }));
  else {
    printTable(
      `Server time at M, ${times} times one after the other, ms`,
      ["page or procedure", "p50", "p95", "max", ""],
      timed.map((each) => [each.name, hundredth(each.p50), hundredth(each.p95), hundredth(each.max), over.includes(each) ? "OVER" : ""]),
    );
  }
  for (const name of unmeasured) console.log(`not measured: ${name}`);
  return over.length + unmeasured.length;
}

const kilo = (bytes: number): string => (bytes / 1000).toFixed(1);

const failures = await main();
process.stdout.write(failures === 0 ? "\nEverything is within its budget.\n" : `\n${failures} over budget or not measured.\n`);
process.exit(failures === 0 ? 0 : 1);
