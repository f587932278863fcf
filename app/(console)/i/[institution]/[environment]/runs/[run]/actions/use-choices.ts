"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { useTRPC } from "@/app/_trpc/provider";
import { leftOutWords } from "../left-out-words";
import type { ActionListProps, ActionPage } from "./action-list";

type Row = ActionPage["rows"][number];

/**
 * What is ticked, as the server keeps it. A tick shows at once and is then replaced by the server's own word, which also
 * brings what follows from it; another person's choice in between is refused, not overwritten.
 */
export function useChoices({ here, run, filter, initial }: ActionListProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const list = trpc.changes.list.queryOptions(
    { ...here.place, run: run.number, ...filter.query },
    { initialData: initial ?? undefined, staleTime: 60_000 },
  );
  const { data: page, error: unread } = useQuery(list);
  const [kept, setKept] = useState<{ selection: typeof run.selection; statement: string | null; undoable: boolean }>({
    selection: run.selection,
    statement: null,
    undoable: false,
  });
  // A commit or a colleague's choice comes in with the page that the server makes anew.
  const selection = kept.selection.version >= run.selection.version ? kept.selection : run.selection;

  // People tick faster than answers come: acts wait in line, and each carries the version that the one before it made.
  const newest = useRef(run.selection.version);
  newest.current = Math.max(newest.current, run.selection.version);
  const line = useRef({ length: 0, last: Promise.resolve() });
  const inTurn = (act: (selectionVersion: number) => Promise<unknown>): void => {
    const isLast = () => {
      line.current.length -= 1;
      return line.current.length === 0;
    };
    line.current.length += 1;
    line.current.last = line.current.last
      .then(() => act(newest.current))
      // What failed stands in the mutation's own error, which the page shows.
      .catch(() => undefined)
      .then(async () => {
        if (!isLast()) return;
        router.refresh();
        await queryClient.invalidateQueries({ queryKey: list.queryKey });
      });
  };

  const show = (change: (row: Row) => Row): void => {
    // A page that is still on its way knows nothing of this tick.
    void queryClient.cancelQueries({ queryKey: list.queryKey });
    queryClient.setQueryData(list.queryKey, (before) => (before ? { ...before, rows: before.rows.map(change) } : before));
  };
  const accept = (answer: { selection: typeof run.selection; statement: string }, undoable: boolean): void => {
    newest.current = answer.selection.version;
    setKept({ selection: answer.selection, statement: answer.statement, undoable });
  };
  const choose = useMutation(trpc.changes.choose.mutationOptions({ onSuccess: (answer) => accept(answer, true) }));
  const undo = useMutation(trpc.changes.undo.mutationOptions({ onSuccess: (answer) => accept(answer, false) }));

  return {
    page: page ?? null,
    selection,
    statement: kept.statement ?? (run.mayChoose ? leftOutWords(selection) : ""),
    canUndo: kept.undoable && run.mayChoose,
    error: choose.error ?? undo.error ?? unread,
    chooseRows(rows: readonly Row[], on: boolean) {
      const keys = new Set(rows.map((row) => `${row.entity} ${row.sourceKey}`));
      show((row) => (keys.has(`${row.entity} ${row.sourceKey}`) ? { ...row, on } : row));
      const scope = { kind: "rows" as const, rows: rows.map(({ entity, sourceKey }) => ({ entity, sourceKey })) };
      inTurn((selectionVersion) => choose.mutateAsync({ ...here.place, run: run.number, selectionVersion, scope, on }));
    },
    chooseAll(on: boolean) {
      show((row) => ({ ...row, on }));
      const { entity, person, action, school, text, show: shown } = filter.query;
      const scope = filter.isNarrow
        ? { kind: "filter" as const, entity, person, action, school, text, show: shown }
        : { kind: "all" as const };
      inTurn((selectionVersion) => choose.mutateAsync({ ...here.place, run: run.number, selectionVersion, scope, on }));
    },
    undo: () => inTurn((version) => undo.mutateAsync({ ...here.place, run: run.number, version })),
    reload() {
      choose.reset();
      undo.reset();
      router.refresh();
      void queryClient.invalidateQueries({ queryKey: list.queryKey });
    },
  };
}
