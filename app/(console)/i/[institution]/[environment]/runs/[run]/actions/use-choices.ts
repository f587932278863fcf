"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
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

  const show = (change: (row: Row) => Row): void => {
    queryClient.setQueryData(list.queryKey, (before) => (before ? { ...before, rows: before.rows.map(change) } : before));
  };
  const accept = async (answer: { selection: typeof run.selection; statement: string }, undoable: boolean): Promise<void> => {
    setKept({ selection: answer.selection, statement: answer.statement, undoable });
    await queryClient.invalidateQueries({ queryKey: list.queryKey });
  };
  const refused = () => queryClient.invalidateQueries({ queryKey: list.queryKey });
  const choose = useMutation(trpc.changes.choose.mutationOptions({ onSuccess: (answer) => accept(answer, true), onError: refused }));
  const undo = useMutation(trpc.changes.undo.mutationOptions({ onSuccess: (answer) => accept(answer, false), onError: refused }));

  return {
    page: page ?? null,
    selection,
    statement: kept.statement ?? (run.mayChoose ? leftOutWords(selection) : ""),
    canUndo: kept.undoable && run.mayChoose,
    error: choose.error ?? undo.error ?? unread,
    chooseRows(rows: readonly Row[], on: boolean) {
      const keys = new Set(rows.map((row) => `${row.entity} ${row.sourceKey}`));
      show((row) => (keys.has(`${row.entity} ${row.sourceKey}`) ? { ...row, on } : row));
      choose.mutate({
        ...here.place,
        run: run.number,
        selectionVersion: selection.version,
        scope: { kind: "rows", rows: rows.map(({ entity, sourceKey }) => ({ entity, sourceKey })) },
        on,
      });
    },
    chooseAll(on: boolean) {
      show((row) => ({ ...row, on }));
      const { entity, person, action, school, text, show: shown } = filter.query;
      choose.mutate({
        ...here.place,
        run: run.number,
        selectionVersion: selection.version,
        scope: filter.isNarrow ? { kind: "filter", entity, person, action, school, text, show: shown } : { kind: "all" },
        on,
      });
    },
    undo: () => undo.mutate({ ...here.place, run: run.number, version: selection.version }),
    reload() {
      choose.reset();
      undo.reset();
      router.refresh();
      void queryClient.invalidateQueries({ queryKey: list.queryKey });
    },
  };
}
