import type { InngestFunction } from "inngest";
import { anchorAudit, askForAnchors } from "./anchor-audits";
import { commitRun } from "./commit-run";
import { endQueuedRun } from "./end-queued-run";
import { expirePromotions } from "./expire-promotions";
import { expireRuns } from "./expire-runs";
import { exportInstitution } from "./export-institution";
import { prepareAgain } from "./prepare-again";
import { preparePromotion } from "./prepare-promotion";
import { prepareRun } from "./prepare-run";
import { promote } from "./promote";
import { askForPurges, purgeInstitution } from "./purge-institution";
import { queueWelcome } from "./queue-welcome";
import { askForRemoval, removeExpired } from "./remove-expired";

/** Every function that the worker runs. */
export const jobFunctions: readonly InngestFunction.Any[] = [
  prepareRun,
  commitRun,
  prepareAgain,
  endQueuedRun,
  expireRuns,
  preparePromotion,
  promote,
  expirePromotions,
  askForRemoval,
  removeExpired,
  exportInstitution,
  askForAnchors,
  anchorAudit,
  askForPurges,
  purgeInstitution,
  queueWelcome,
];
