import type { SQL } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "./client";

/** Runs one query and parses every row of it: raw SQL is a border like any other. Throws when a row is not of that shape. */
export async function read<T>(tx: Pick<Transaction, "execute">, row: z.ZodType<T>, query: SQL): Promise<T[]> {
  const rows: T[] = [];
  for (const each of await tx.execute(query)) rows.push(row.parse(each));
  return rows;
}

/** A bigint or numeric column that holds a count. */
export const SqlCount = z.coerce.number().int();
/** A timestamptz column: Drizzle hands over its text. */
export const SqlTime = z.union([z.date(), z.string().transform((text) => new Date(text))]);
