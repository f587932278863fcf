import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";

/** One step of a plan as Postgres carried it out. */
export interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Carries a statement out under EXPLAIN: every step of its plan, the uppermost first. What it writes is the transaction's to undo. */
export async function explained(tx: Transaction, statement: SQL): Promise<PlanNode[]> {
  const [row] = await tx.execute<{ "QUERY PLAN": { Plan: PlanNode }[] }>(sql`explain (analyze, format json, timing off) ${statement}`);
  const nodes: PlanNode[] = [];
  const walk = (node: PlanNode) => {
    nodes.push(node);
    for (const below of node.Plans ?? []) walk(below);
  };
  for (const { Plan: top } of row?.["QUERY PLAN"] ?? []) walk(top);
  return nodes;
}

/** Rows that a plan looked at in all, over all loops. */
export const looked = (nodes: readonly PlanNode[]): number =>
  nodes
    .filter((node) => node["Relation Name"] !== undefined)
    .reduce((sum, node) => sum + ((node["Actual Rows"] ?? 0) + (node["Rows Removed by Filter"] ?? 0)) * (node["Actual Loops"] ?? 1), 0);
