import type { Outputs } from "@/app/_trpc/outputs";
import { SYSTEM_FIELD } from "@/server/sources/source";

type Source = Outputs["onboarding"]["sources"][number];

/** The name of the system that the feed's files come from, where somebody said it. */
export const systemOf = (fields: readonly { key: string; value: string | null }[]): string | null =>
  fields.find(({ key }) => key === SYSTEM_FIELD)?.value ?? null;

/** Where the files come from, in the words of the system that was named or else of each; and examples to hold beside one's own. */
export function WhereFrom({ source, system }: { source: Pick<Source, "key" | "label" | "systems">; system: string | null }) {
  const named = source.systems.filter(({ name }) => name === system);
  const shared = new Map<string, string[]>();
  for (const { name, where } of named.length > 0 ? named : source.systems) shared.set(where, [...(shared.get(where) ?? []), name]);
  return (
    <section aria-labelledby="where-from">
      <h2 id="where-from">Where the files come from</h2>
      <dl className="where-from small">
        {[...shared].map(([where, names]) => (
          <div key={where}>
            <dt>{names.join(", ")}</dt>
            <dd className="soft">{where}</dd>
          </div>
        ))}
        <div>
          <dt>Any other system</dt>
          <dd className="soft">Ask whoever looks after it for an export of this kind. The templates name every column.</dd>
        </div>
      </dl>
      <p className="small">
        <a href={`/help/examples/${source.key}/samples`} download>
          Sample files of a made-up district
        </a>
        ,{" "}
        <a href={`/help/examples/${source.key}/templates`} download>
          empty templates
        </a>
      </p>
    </section>
  );
}
