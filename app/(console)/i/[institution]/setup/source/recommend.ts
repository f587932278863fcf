import type { Outputs } from "@/app/_trpc/outputs";

type Source = Outputs["onboarding"]["sources"][number];

interface Recommendation {
  /** The system that was meant, and the source that it brings. */
  readonly system: Source["systems"][number] | null;
  readonly suggested: string | null;
  readonly label: string | null;
  /** All sources; those that the words fit come first. None is ever hidden: the list is short, and a wrong word must not end the way. */
  readonly order: readonly Source[];
}

/** What fits the words that somebody typed: a system's name, or anything that stands on a tile. */
export function recommend(sources: readonly Source[], text: string): Recommendation {
  const words = text.trim().toLowerCase();
  if (words === "") return { system: null, suggested: null, label: null, order: sources };
  const fits = sources.flatMap((source) => {
    const system = source.systems.find((one) => [one.name.toLowerCase(), ...one.aliases].some((name) => isMeant(name, words)));
    return system === undefined ? [] : [{ source, system }];
  });
  const [best] = fits;
  const onTile = (source: Source): boolean => `${source.label} ${source.needs} ${source.tile.suits}`.toLowerCase().includes(words);
  const rank = (source: Source): number => (source.key === best?.source.key ? 0 : onTile(source) ? 1 : 2);
  const order = sources.toSorted((one, other) => rank(one) - rank(other));
  return { system: best?.system ?? null, suggested: best?.source.key ?? null, label: best?.source.label ?? null, order };
}

/** "power" means PowerSchool; two letters mean only what is called exactly so. */
const isMeant = (name: string, words: string): boolean =>
  name === words || (words.length > 2 && (name.startsWith(words) || words.startsWith(`${name} `)));
