import Link from "next/link";
import type { ReactNode } from "react";
import type { Action } from "@/server/roster/change";
import { count } from "./counting";
import { Glyph } from "./glyph";
import { ACTION_WORDS } from "./words";

/** What a mark may say: the five actions, and how something stands. */
export type OpKind = Action | "warning" | "hold" | "ok" | "bad" | "wait" | "env-op";

const glyphOf = (kind: OpKind) => (kind === "env-op" ? "working" : kind);

/** A mark with its word or count. */
export function Op({ kind, children }: { kind: OpKind; children?: ReactNode }) {
  return (
    <span className={`op ${kind}`}>
      <i>
        <Glyph name={glyphOf(kind)} />
      </i>
      {children}
    </span>
  );
}

/** A count of actions that opens its list; nought is plain grey text. Screen readers hear "209 add". */
export function OpCount({ action, n, href }: { action: Action; n: number; href?: string }) {
  if (n === 0) return <span className="zero">0</span>;
  if (href === undefined) return <Op kind={action}>{count(n)}</Op>;
  return (
    <Link prefetch={false} className={`hit op ${action}`} href={href} aria-label={`${count(n)} ${ACTION_WORDS[action].verb}`}>
      <i>
        <Glyph name={action} />
      </i>
      {count(n)}
    </Link>
  );
}

/** The counts of a plan in words: "209 added", each a link to its list. */
export function Ops({ counts, hrefOf }: { counts: Readonly<Record<Action, number>>; hrefOf: (action: Action) => string }) {
  return (
    <div className="ops ops-large">
      {(["add", "edit", "archive", "reactivate", "rekey"] as const).map((action) => (
        <Link prefetch={false} key={action} href={hrefOf(action)} className={`op ${action} ${counts[action] === 0 ? "zero" : ""}`}>
          <i>
            <Glyph name={action} />
          </i>
          <span>
            <b>{count(counts[action])}</b> <span className="w">{ACTION_WORDS[action].done}</span>
          </span>
        </Link>
      ))}
    </div>
  );
}
