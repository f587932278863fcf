import { and, asc, desc, eq, isNull } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { environments, feeds, runs, welcomeBatches, welcomeSettings } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { env, isProduction } from "@/server/env";
import { optionLines } from "@/server/roster/options";
import type { EnvironmentName } from "@/server/roster/run";
import { PLACEHOLDERS } from "@/server/roster/welcome";
import { settingsOf } from "@/server/services/feeds/settings";
import { limitsOfInstitution } from "@/server/services/limits/effective";
import { findSource } from "@/server/sources";
import type { BatchRow } from "./people";
import { type WelcomeSettings, welcomeSettingsOf } from "./settings";

const SHOWN = 20;

/** All that a page about welcome mails shows. */
export interface Welcome {
  readonly settings: WelcomeSettings;
  readonly isSaved: boolean;
  readonly placeholders: typeof PLACEHOLDERS;
  /** Where the mails lead; null: the vendor has not said. */
  readonly product: string | null;
  readonly hasMailServer: boolean;
  readonly mailsPerHour: number;
  /** Whether each feed writes to new people: in Preview's draft, and as approved for Production (null: not there yet). */
  readonly feeds: readonly { readonly id: number; readonly name: string; readonly preview: boolean; readonly production: boolean | null }[];
  /** The last commits that made mails due, newest first. */
  readonly batches: readonly {
    readonly run: number;
    readonly environment: EnvironmentName;
    readonly state: BatchRow["state"];
    readonly mails: number;
    readonly createdAt: Date;
  }[];
}

/** What is said about welcome mails, which feeds write them, and the last ones. */
export async function getWelcome(actor: TenantActor): Promise<Welcome> {
  authorize(actor, "institution:read");
  const { institutionId } = actor;
  return asTenant(institutionId, async (tx) => {
    const { limits } = await limitsOfInstitution(tx, institutionId);
    return {
      settings: await welcomeSettingsOf(tx, institutionId),
      isSaved: (await tx.$count(welcomeSettings, eq(welcomeSettings.institutionId, institutionId))) > 0,
      placeholders: PLACEHOLDERS,
      product: env.PRODUCT_URL ?? null,
      hasMailServer: env.SMTP_URL !== undefined || !isProduction,
      mailsPerHour: limits.mailsPerHour,
      feeds: await feedsOf(tx, institutionId),
      batches: await batchesOf(tx, institutionId),
    };
  });
}

async function feedsOf(tx: Transaction, institutionId: number): Promise<Welcome["feeds"]> {
  const rows = await tx
    .select()
    .from(feeds)
    .where(and(eq(feeds.institutionId, institutionId), isNull(feeds.disabledAt)))
    .orderBy(asc(feeds.name));
  const found: Welcome["feeds"][number][] = [];
  for (const { id, name, source, draftVersion, productionVersion } of rows) {
    const isOn = async (version: number): Promise<boolean> => {
      const lines = optionLines(findSource(source)?.options ?? {}, await settingsOf(tx, { institutionId, feedId: id, version }));
      return lines.some((line) => line.key === "welcomeMails" && line.value === true);
    };
    found.push({
      id,
      name,
      preview: await isOn(draftVersion),
      production: productionVersion === null ? null : await isOn(productionVersion),
    });
  }
  return found;
}

async function batchesOf(tx: Transaction, institutionId: number): Promise<Welcome["batches"]> {
  return tx
    .select({
      run: runs.number,
      environment: environments.name,
      state: welcomeBatches.state,
      mails: welcomeBatches.mails,
      createdAt: welcomeBatches.createdAt,
    })
    .from(welcomeBatches)
    .innerJoin(runs, and(eq(runs.institutionId, welcomeBatches.institutionId), eq(runs.id, welcomeBatches.runId)))
    .innerJoin(environments, eq(environments.id, welcomeBatches.environmentId))
    .where(eq(welcomeBatches.institutionId, institutionId))
    .orderBy(desc(welcomeBatches.createdAt))
    .limit(SHOWN);
}
