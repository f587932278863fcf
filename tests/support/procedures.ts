import type { Meta } from "@/server/trpc/init";
import { appRouter } from "@/server/trpc/root";

export interface ListedProcedure {
  /** `runs.list` */
  readonly path: string;
  readonly type: "query" | "mutation" | "subscription";
  readonly meta: Meta | undefined;
}

/**
 * Every procedure that a request could name, from the running router itself. The cast: tRPC types this map as nested and keeps
 * it flat.
 */
export const listProcedures = (): ListedProcedure[] =>
  Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { type: ListedProcedure["type"]; meta?: Meta } }>).map(
    ([path, { _def }]) => ({ path, type: _def.type, meta: _def.meta }),
  );
