"use client";

import { useRef, useState } from "react";
import { Button } from "@/app/_components/button";
import { count, counted } from "@/app/_components/counting";
import { failureText } from "@/app/_components/failure";
import { InWords } from "@/app/_components/in-words";
import { KeyHints } from "@/app/_components/keys";
import { Note } from "@/app/_components/note";
import { Tick } from "@/app/_components/tick";
import type { Outputs } from "@/app/_trpc/outputs";
import type { EnvironmentName, RunState } from "@/server/roster/run";
import type { Selection } from "../commit-panel";
import { ActionRow, rowId } from "./action-row";
import { ActionsCommitBar } from "./actions-commit-bar";
import type { Filter } from "./filter";
import { ACTION_KEYS, useActionKeys } from "./keys";
import { pageWords } from "./page-words";
import { Pages } from "./pages";
import { type Planned, scopeOf } from "./scope";
import { useChoices } from "./use-choices";

export type ActionPage = Outputs["changes"]["list"];

export interface ActionListProps {
  here: { place: { institution: string; environment: EnvironmentName }; base: string; institutionName: string; path: string };
  run: {
    number: number;
    state: RunState;
    selection: Selection;
    planned: Planned;
    next: { canCommit: boolean; whyNot: string | null };
    mayChoose: boolean;
    mayCommit: boolean;
  };
  filter: Filter;
  /** The rows, where they came with the page. */
  initial: ActionPage | null;
}

/** One page of changes with their check boxes, and the bar that commits what is ticked. Choices are kept on the server. */
export function ActionList({ here, run, filter, initial }: ActionListProps) {
  const choices = useChoices({ here, run, filter, initial });
  const { page, selection } = choices;
  const [at, setAt] = useState<string | null>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const table = useRef<HTMLTableElement>(null);
  const rows = page?.rows ?? [];
  const ids = rows.map(rowId);
  const toggleOpen = (id: string) =>
    setOpen((before) => (before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id])));
  const keys = useActionKeys({
    ids,
    at,
    table,
    onMove: setAt,
    onToggle: (id) => {
      const row = rows.find((one) => rowId(one) === id);
      if (row && run.mayChoose && (row.on || row.canToggle)) choices.chooseRows([row], !row.on);
    },
    onOpen: toggleOpen,
    archivesHref: `${here.path}?action=archive`,
  });
  if (rows.length === 0) return <NoRows isRead={page !== null} filter={filter} cause={choices.error} onReload={choices.reload} />;
  const scope = scopeOf(filter, run.planned, selection);
  const onHere = rows.filter((row) => row.on).length;
  const noun = filter.isNarrow ? "changes in this filter" : "changes of this run";
  return (
    <>
      <div className="row wrap selrow">
        {run.mayChoose ? (
          <Tick
            state={allState(choices.turningAll, scope ?? { on: onHere, total: rows.length })}
            label={scope ? `All ${count(scope.total)} ${noun}, ${count(scope.on)} selected` : `Every one of the ${noun}`}
            describedBy="scope"
            onChange={(on) => choices.chooseAll(on)}
          />
        ) : null}
        <p className="small" id="scope" aria-live="polite">
          <b>
            {scope
              ? `${count(scope.on)} of ${counted(scope.total, "change")} ${filter.isNarrow ? "in this filter " : ""}selected.`
              : FILTERED}
          </b>{" "}
          <span className="soft">
            <InWords of={choices.statement} />
          </span>{" "}
          {choices.canUndo ? (
            <Button kind="quiet" size="sm" onClick={choices.undo}>
              Undo
            </Button>
          ) : null}
        </p>
        <KeyHints keys={keys} lines={ACTION_KEYS} />
      </div>
      {choices.error ? <ChoiceFailure cause={choices.error} onReload={choices.reload} /> : null}
      <h2 className="vh">Changes {pageWords(rows.length, scope?.total ?? null, filter)}</h2>
      <table className="ledger actions" ref={table} aria-label={`Changes ${pageWords(rows.length, scope?.total ?? null, filter)}`}>
        <colgroup>
          <col className="col-tick" />
          <col className="col-op" />
          <col className="col-who" />
          <col className="col-school" />
          <col />
          <col className="col-why" />
          <col className="col-tick" />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">
              {run.mayChoose ? (
                <>
                  <Tick
                    state={triState(onHere, rows.length)}
                    label={`This page, ${counted(rows.length, "change")}: ${count(onHere)} selected`}
                    onChange={(on) => choices.chooseRows(rows, on)}
                  />
                  <span className="only-narrow page-tick" aria-hidden="true">
                    This page
                  </span>
                </>
              ) : (
                <span className="vh">Selected</span>
              )}
            </th>
            <th scope="col">Action</th>
            <th scope="col">Who or what</th>
            <th scope="col">
              <InWords of="School" />
            </th>
            <th scope="col">Old → new, changed fields only</th>
            <th scope="col">Why</th>
            <th scope="col">
              <span className="vh">Details</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const id = rowId(row);
            return (
              <ActionRow
                key={`${id} ${row.feed ?? ""}`}
                row={row}
                isAt={id === at}
                isOpen={open.has(id)}
                mayChoose={run.mayChoose}
                base={here.base}
                onTick={(on) => choices.chooseRows([row], on)}
                onOpen={() => toggleOpen(id)}
              />
            );
          })}
        </tbody>
      </table>
      <Pages
        path={here.path}
        filter={filter}
        next={page?.nextCursor ?? null}
        words={pageWords(rows.length, scope?.total ?? null, filter)}
      />
      <ActionsCommitBar here={here} run={run} selection={selection} />
    </>
  );
}

interface NoRowsProps {
  isRead: boolean;
  filter: Filter;
  cause: unknown;
  onReload: () => void;
}

function NoRows({ isRead, filter, cause, onReload }: NoRowsProps) {
  if (cause) return <ChoiceFailure cause={cause} onReload={onReload} />;
  return (
    <p className="lede" role="status">
      {isRead
        ? filter.isNarrow
          ? "No change fits this filter."
          : "Nothing would change: everything is as it was."
        : "Reading the changes…"}
    </p>
  );
}

const FILTERED = "This box stands for every change in this filter, also on the other pages.";

const triState = (on: number, of: number): "all" | "some" | "none" => (on === 0 ? "none" : on >= of ? "all" : "some");

const allState = (turning: boolean | null, { on, total }: { on: number; total: number }): "all" | "some" | "none" =>
  turning === null ? triState(on, total) : turning ? "all" : "none";

function ChoiceFailure({ cause, onReload }: { cause: unknown; onReload: () => void }) {
  return (
    <Note tone="bad" role="alert">
      <p>
        {failureText(cause)}{" "}
        <Button kind="quiet" size="sm" onClick={onReload}>
          Show the newest selection
        </Button>
      </p>
    </Note>
  );
}
