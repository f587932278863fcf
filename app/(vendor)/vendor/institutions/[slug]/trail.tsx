import { auditSentence } from "@/app/_components/audit-sentences";
import { Section } from "@/app/_components/section";
import { Timeline, TimelineEvent } from "@/app/_components/timeline";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";

type Entry = Outputs["vendor"]["institutions"]["get"]["trail"][number];

const GLYPHS = { member: "person", staff: "person", command: "working", handOff: "person", system: "working" } as const;
const ACTORS = {
  member: "Somebody of the institution",
  staff: "Staff",
  command: "The command line",
  handOff: "Somebody with a link to one step",
  system: "Rollcall",
} as const;

/** What was done to an institution, newest first, out of its audit trail. */
export function Trail({ entries, zone }: { entries: readonly Entry[]; zone: string }) {
  return (
    <Section id="trail" title="What happened">
      <Timeline times="dated" small>
        {entries.map((entry) => (
          <TimelineEvent
            key={entry.id}
            when={<When at={entry.at} zone={zone} />}
            mark={{ glyph: GLYPHS[entry.actor] }}
            sub={<bdi>{entry.actor === "staff" ? `${entry.by ?? "Staff"}, staff` : (entry.by ?? ACTORS[entry.actor])}</bdi>}
          >
            {capital(auditSentence({ ...entry, about: null }))}
          </TimelineEvent>
        ))}
      </Timeline>
    </Section>
  );
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
