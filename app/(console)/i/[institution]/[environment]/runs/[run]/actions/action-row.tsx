import { ChevronDown } from "lucide-react";
import { Fragment } from "react";
import { counted } from "@/app/_components/counting";
import { Icon } from "@/app/_components/icon";
import { InWords } from "@/app/_components/in-words";
import { Op } from "@/app/_components/op";
import { Tick } from "@/app/_components/tick";
import { Value } from "@/app/_components/value";
import { ACTION_WORDS, columnWord, ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { NAMED_BY } from "@/server/roster/entities";
import { ActionDetail } from "./action-detail";
import { LeftOutCause } from "./left-out-cause";

export type Row = Outputs["changes"]["list"]["rows"][number];

export const rowId = (row: Pick<Row, "entity" | "sourceKey">): string => `${row.entity} ${row.sourceKey}`;

interface ActionRowProps {
  row: Row;
  isAt: boolean;
  isOpen: boolean;
  mayChoose: boolean;
  base: string;
  onTick: (on: boolean) => void;
  onOpen: () => void;
}

/** One change: its box, who or what, only the fields that change, and why. A change that is off goes grey and says why. */
export function ActionRow({ row, isAt, isOpen, mayChoose, base, onTick, onOpen }: ActionRowProps) {
  const { verb, title } = ACTION_WORDS[row.action];
  const name = row.name || row.sourceKey;
  return (
    <>
      <tr
        data-row={rowId(row)}
        className={`${row.on ? "" : "off"} ${isAt ? "at" : ""} ${isOpen ? "open" : ""}`}
        aria-current={isAt ? "true" : undefined}
      >
        <td className="c-tick">
          {mayChoose ? (
            <Tick state={row.on ? "all" : "none"} label={`Apply: ${verb} ${name}`} disabled={!row.on && !row.canToggle} onChange={onTick} />
          ) : (
            <span className="vh">{row.on ? "Selected" : "Left out"}</span>
          )}
        </td>
        <td className="c-op">
          <Op kind={row.action}>{title}</Op>
        </td>
        <th scope="row" className="c-who who">
          <Value of={name} strong />{" "}
          {row.name ? <span className={row.sourceKey.length <= KEY_SHOWN ? "mono" : "mono vh"}>{row.sourceKey}</span> : null}{" "}
          <span className="kind">
            <InWords of={kindOf(row)} />
            {row.feed === null ? null : (
              <>
                {" "}
                of <bdi>{row.feed}</bdi>
              </>
            )}
          </span>
        </th>
        <td className="c-school trunc soft">{row.school ? <Value of={row.school} /> : null}</td>
        <td className="c-what">
          <Delta row={row} />
        </td>
        <td className="c-why why">
          <Why row={row} />
        </td>
        <td className="c-exp">
          <button type="button" className="expander" aria-expanded={isOpen} aria-label={`Show details of ${name}`} onClick={onOpen}>
            <Icon of={ChevronDown} />
          </button>
        </td>
      </tr>
      {isOpen ? <ActionDetail row={row} base={base} /> : null}
    </>
  );
}

function kindOf(row: Row): string {
  if (row.person) return row.person;
  return row.entity === "users" ? "person" : ENTITY_WORDS[row.entity].one;
}

const FIELDS_SHOWN = 3;
/** A longer key names nothing to people: it is seen with the details only. */
const KEY_SHOWN = 16;

/** Only what changes. Old is grey, new is strong, and the arrow is read out as "becomes". */
function Delta({ row }: { row: Row }) {
  // What is new is named, and its school stands, in the columns before; only what else it brings stands here.
  const named = [...NAMED_BY[row.entity], ...(row.school ? ["school_key"] : [])];
  const fields = row.action === "add" ? row.fields.filter(({ field, after }) => after !== null && !named.includes(field)) : row.fields;
  const more = fields.length - FIELDS_SHOWN;
  return (
    <span className="delta">
      {row.action === "add" ? <span className="f">new</span> : null}
      {fields.slice(0, FIELDS_SHOWN).map(({ field, before, after }) => (
        <span key={field}>
          <span className="f">
            <InWords of={columnWord(field)} />
          </span>{" "}
          {row.action === "add" ? null : (
            <>
              <del>{before === null ? <Blank /> : <Value of={before} />}</del> <Becomes />{" "}
            </>
          )}
          <ins>{after === null ? <Blank /> : <Value of={after} />}</ins>
        </span>
      ))}
      {more > 0 ? <span className="f">and {counted(more, "more field")}</span> : null}
    </span>
  );
}

const Becomes = () => (
  <span className="arr" role="img" aria-label="becomes">
    →
  </span>
);
const Blank = () => <span className="none">blank</span>;

function Why({ row }: { row: Row }) {
  return (
    <>
      {row.warnings.length > 0 ? (
        <span className="op warning why-mark">
          <Op kind="warning" />
          <span className="vh">Warning</span>
        </span>
      ) : null}
      {row.on ? row.why : <LeftOutCause text={row.causeText ?? "left out"} />}
      {row.warnings.map((warning) => (
        <Fragment key={warning.code + warning.detail}>
          ; <InWords of={warning.detail} />
        </Fragment>
      ))}
    </>
  );
}
