import Link from "next/link";
import type { ReactNode } from "react";
import { count } from "@/app/_components/counting";
import { Op } from "@/app/_components/op";
import { sumOf } from "@/app/_components/sums";
import { ACTION_WORDS, ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { ACTIONS, type Action } from "@/server/roster/change";
import { ENTITIES } from "@/server/roster/entities";
import { inWords, type LabelWords } from "@/server/roster/labels";
import { type Filter, hrefWith } from "./filter";
import { SchoolFilter } from "./school-filter";
import { TextFilter } from "./text-filter";

type Run = Outputs["runs"]["get"];

interface FiltersProps {
  path: string;
  filter: Filter;
  run: Run;
  schools: Outputs["roster"]["schools"];
  words: LabelWords;
}

/** By action, by type, by school, by text: each is a part of the address, so that a filtered list can be sent to a colleague. */
export function Filters({ path, filter, run, schools, words }: FiltersProps) {
  const { address } = filter;
  const to = (change: Parameters<typeof hrefWith>[2]): string => hrefWith(path, address, change);
  const types = typesOf(run, words);
  const off = sumOf(run.selection.off);
  return (
    <search className="filters" aria-label="Filter changes">
      <fieldset className="facets" aria-label="By action">
        <Facet href={to({ action: null })} isOn={address.action === undefined} n={null}>
          All actions
        </Facet>
        {ACTIONS.map((action) => (
          <Facet key={action} href={to({ action })} isOn={address.action === action} n={plannedOf(run, action)}>
            <Op kind={action} />
            {ACTION_WORDS[action].title}
          </Facet>
        ))}
      </fieldset>
      <fieldset className="facets" aria-label="By type">
        <Facet href={to({ entity: null, person: null })} isOn={address.entity === undefined && address.person === undefined} n={null}>
          All types
        </Facet>
        {types.map(({ key, title, change, n, isOn }) => (
          <Facet key={key} href={to(change)} isOn={isOn(address)} n={n}>
            {title}
          </Facet>
        ))}
      </fieldset>
      {schools.length > 0 ? <SchoolFilter schools={schools} chosen={address.school ?? ""} hrefs={{ path, address }} /> : null}
      {off > 0 ? (
        <Link
          prefetch={false}
          scroll={false}
          className="chip"
          aria-current={address.show === "off" ? "true" : undefined}
          href={to({ show: address.show === "off" ? null : "off" })}
        >
          Left out <b>{count(off)}</b>
        </Link>
      ) : null}
      <Link
        prefetch={false}
        scroll={false}
        className="chip"
        aria-current={address.show === "warning" ? "true" : undefined}
        href={to({ show: address.show === "warning" ? null : "warning" })}
      >
        <Op kind="warning" />
        With a warning
      </Link>
      <TextFilter initial={address.text ?? ""} hrefs={{ path, address }} />
    </search>
  );
}

function Facet({ href, isOn, n, children }: { href: string; isOn: boolean; n: number | null; children: ReactNode }) {
  return (
    <Link prefetch={false} scroll={false} href={href} aria-current={isOn ? "true" : undefined}>
      {children} {n === null ? null : <span className="muted">{count(n)}</span>}
    </Link>
  );
}

const plannedOf = (run: Run, action: Action): number => run.selection.on[action] + run.selection.off[action];

interface TypeFacet {
  readonly key: string;
  readonly title: string;
  readonly change: Parameters<typeof hrefWith>[2];
  readonly n: number;
  readonly isOn: (address: Filter["address"]) => boolean;
}

/** The types that have changes; people as students, teachers and others. */
function typesOf(run: Run, words: LabelWords): TypeFacet[] {
  const facets = ENTITIES.flatMap((entity): TypeFacet[] => {
    if (entity === "users") return peopleOf(run, words);
    const facet = typeOf(run, entity);
    return [{ ...facet, title: inWords(facet.title, words) }];
  });
  return facets.filter(({ n }) => n > 0);
}

const typeOf = (run: Run, entity: (typeof ENTITIES)[number]): TypeFacet => ({
  key: entity,
  title: ENTITY_WORDS[entity].title,
  change: { entity, person: null },
  n: sumOf(run.counts[entity]),
  isOn: (address) => address.entity === entity && address.person === undefined,
});

const peopleOf = (run: Run, words: LabelWords): TypeFacet[] =>
  (["students", "teachers", "others"] as const).map((person) => ({
    key: person,
    title: person === "others" ? "Other people" : words[person].title,
    change: { entity: "users", person },
    n: sumOf(run.people[person]),
    isOn: (address) => address.person === person,
  }));
