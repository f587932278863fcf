import type { InngestFunction } from "inngest";
import { commitRun } from "./commit-run";
import { expireRuns } from "./expire-runs";
import { prepareAgain } from "./prepare-again";
import { prepareRun } from "./prepare-run";

/** Every function that the worker runs. */
export const jobFunctions: readonly InngestFunction.Any[] = [prepareRun, commitRun, prepareAgain, expireRuns];
