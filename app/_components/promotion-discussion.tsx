import type { Outputs } from "@/app/_trpc/outputs";
import { moveMark, moveWord } from "./promotion-words";
import { Timeline, TimelineEvent } from "./timeline";
import { OnDay } from "./when";

type Note = NonNullable<Outputs["promotions"]["get"]["promotion"]>["notes"][number];

/** What was done and said about a promotion, newest first. */
export function PromotionDiscussion({ notes, zone }: { notes: readonly Note[]; zone: string }) {
  return (
    <Timeline>
      {notes.toReversed().map((note) => {
        const mark = moveMark(note.state);
        const who = note.name ?? (note.side === "system" ? "Rollcall" : note.side === "staff" ? "The vendor" : "Somebody");
        return (
          <TimelineEvent
            key={note.id}
            when={<OnDay at={note.at} zone={zone} />}
            mark={mark === null ? { glyph: note.side === "system" ? "working" : "person" } : { op: mark }}
            sub={note.text === null ? undefined : note.side === "system" ? note.text : <q dir="auto">{note.text}</q>}
          >
            <p>
              <b>
                <bdi>{who}</bdi>
              </b>{" "}
              {note.state === null ? "wrote" : moveWord(note.state, note.round)}
            </p>
          </TimelineEvent>
        );
      })}
    </Timeline>
  );
}
