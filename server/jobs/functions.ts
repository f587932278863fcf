import type { InngestFunction } from "inngest";
import { commitRun } from "./commit-run";
import { expirePromotions } from "./expire-promotions";
import { expireRuns } from "./expire-runs";
import { prepareAgain } from "./prepare-again";
import { preparePromotion } from "./prepare-promotion";
import { prepareRun } from "./prepare-run";
import { promote } from "./promote";
import { queueWelcome } from "./queue-welcome";
import { sendWelcome } from "./send-welcome";
import { askForRemoval, removeExpired } from "./remove-expired";

/** Every function that the worker runs. */
export const jobFunctions: readonly InngestFunction.Any[] = [
  prepareRun,
  commitRun,
  prepareAgain,
  expireRuns,
  preparePromotion,
  promote,
  expirePromotions,
  askForRemoval,
  removeExpired,
  queueWelcome,
  sendWelcome,
];
