import type { Transaction } from "@/db/client";
import { institutionLimits, institutionRetention } from "@/db/schema";
import { RETENTION, type RetentionDays, type RetentionKey } from "./retention-table";

/** What holds for the institution of the transaction: what it chose, else the default, never above what the vendor's staff allow. */
export async function retentionOf(tx: Transaction): Promise<{ readonly days: RetentionDays; readonly most: RetentionDays }> {
  const [chosen] = await tx.select().from(institutionRetention);
  const [limits] = await tx.select().from(institutionLimits);
  const most = ofEach((key) => limits?.[`${key}Max`] ?? RETENTION[key].max);
  return { days: ofEach((key) => Math.min(chosen?.[key] ?? RETENTION[key].default, most[key])), most };
}

const ofEach = (value: (key: RetentionKey) => number): RetentionDays => ({
  filesDays: value("filesDays"),
  detailDays: value("detailDays"),
  historyDays: value("historyDays"),
  mailDays: value("mailDays"),
});
