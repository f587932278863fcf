import { notFound } from "next/navigation";
import { cache } from "react";
import { api, asked } from "@/app/_trpc/server";
import type { EnvironmentName } from "@/server/roster/run";
import { type ConsoleParams, consoleOf } from "../../_console";

export interface RunParams extends ConsoleParams {
  run: string;
}

const reportOf = cache(async (institution: string, environment: EnvironmentName, run: number) =>
  asked((await api()).runs.get({ institution, environment, run })),
);

/** The console around a run, and its report. */
export async function runOf(params: Promise<RunParams>) {
  const { run: text } = await params;
  if (!/^[1-9]\d{0,8}$/.test(text)) notFound();
  const here = await consoleOf(params);
  const run = await reportOf(here.place.institution, here.place.environment, Number(text));
  return { here, run, report: `${here.base}/runs/${run.number}` };
}
