"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { useTRPC } from "@/app/_trpc/provider";
import { leftOutWords } from "../left-out-words";
import type { ActionListProps, ActionPage } from "./action-list";

type Row = ActionPage["rows"][number];

const keyOf = (row: Pick<Row, "entity" | "sourceKey">): string => `${row.entity} ${row.sourceKey}`;

/** What was pressed and is not yet the server's word: single rows, and before them perhaps all that one filter shows. */
interface Pressed {
  readonly all: { readonly on: boolean; readonly shown: string } | null;
  readonly rows: ReadonlyMap<string, boolean>;
}
const NOTHING: Pressed = { all: null, rows: new Map() };

/** A row that waits for something that is left out stays off, whatever is pressed. */
function asPressed(row: Row, { rows, all }: Pressed, shown: string): Row {
  if (!row.on && !row.canToggle) return row;
  return { ...row, on: rows.get(keyOf(row)) ?? (all?.shown === shown ? all.on : row.on) };
}

/**
 * What is ticked, as the server keeps it. A tick shows at once and is then replaced by the server's own word, which also
 * brings what follows from it; another person's choice in between is refused, not overwritten.
 */
export function useChoices({ here, run, filter, initial }: ActionListProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const shown = JSON.stringify(filter.query);
  const list = trpc.changes.list.queryOptions(
    { ...here.place, run: run.number, ...filter.query },
    // Kept only while it is shown: who comes back to a filter sees what the server has by then, not what stood there before.
    { initialData: initial ?? undefined, staleTime: 60_000, gcTime: 0 },
  );
  const { data: read, error: unread } = useQuery(list);
  // State of its own, since it changes within the click: the query tells its readers a moment later, and until then the
  // browser would put the box back to what it was.
  const [pressed, setPressed] = useState(NOTHING);
  const page = read ? { ...read, rows: read.rows.map((row) => asPressed(row, pressed, shown)) } : null;
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
  const [failed, setFailed] = useState<{ cause: unknown; shown: string } | null>(null);
  const inTurn = (act: (selectionVersion: number) => Promise<unknown>): void => {
    const isLast = () => {
      line.current.length -= 1;
      return line.current.length === 0;
    };
    line.current.length += 1;
    line.current.last = line.current.last
      .then(() => act(newest.current))
      .then(
        () => setFailed(null),
        (cause: unknown) => setFailed({ cause, shown }),
      )
      .then(async () => {
        if (!isLast()) return;
        router.refresh();
        await queryClient.invalidateQueries(trpc.changes.list.queryFilter({ ...here.place, run: run.number }));
        // Whoever pressed meanwhile waits for the answer to that.
        if (line.current.length === 0) setPressed(NOTHING);
      });
  };

  const accept = (answer: { selection: typeof run.selection; statement: string }, undoable: boolean): void => {
    newest.current = answer.selection.version;
    setKept({ selection: answer.selection, statement: answer.statement, undoable });
  };
  const choose = useMutation(trpc.changes.choose.mutationOptions({ onSuccess: (answer) => accept(answer, true) }));
  const undo = useMutation(trpc.changes.undo.mutationOptions({ onSuccess: (answer) => accept(answer, false) }));

  return {
    page,
    /** What was pressed for all that is shown, until the server has answered. */
    turningAll: pressed.all?.shown === shown && pressed.rows.size === 0 ? pressed.all.on : null,
    selection,
    statement: kept.statement ?? (run.mayChoose ? leftOutWords(selection) : ""),
    canUndo: kept.undoable && run.mayChoose,
    error: (failed?.shown === shown ? failed.cause : null) ?? unread,
    chooseRows(rows: readonly Row[], on: boolean) {
      setPressed((before) => ({ ...before, rows: new Map([...before.rows, ...rows.map((row) => [keyOf(row), on] as const)]) }));
      const scope = { kind: "rows" as const, rows: rows.map(({ entity, sourceKey }) => ({ entity, sourceKey })) };
      inTurn((selectionVersion) => choose.mutateAsync({ ...here.place, run: run.number, selectionVersion, scope, on }));
    },
    chooseAll(on: boolean) {
      setPressed({ all: { on, shown }, rows: new Map() });
      const { entity, person, action, school, text, show } = filter.query;
      const scope = filter.isNarrow ? { kind: "filter" as const, entity, person, action, school, text, show } : { kind: "all" as const };
      inTurn((selectionVersion) => choose.mutateAsync({ ...here.place, run: run.number, selectionVersion, scope, on }));
    },
    undo: () => inTurn((version) => undo.mutateAsync({ ...here.place, run: run.number, version })),
    reload() {
      setFailed(null);
      router.refresh();
      void queryClient.invalidateQueries({ queryKey: list.queryKey });
    },
  };
}
