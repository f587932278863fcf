import { Note } from "@/app/_components/note";
import type { Outputs } from "@/app/_trpc/outputs";

/** What a test of secrets said, line by line. */
export function TestLines({ test }: { test: Outputs["secrets"]["test"] }) {
  return (
    <Note tone={test.ok ? "ok" : "bad"} role={test.ok ? "status" : "alert"}>
      <ul className="plain-list">
        {test.lines.map((line) => (
          <li key={line.label}>
            <b>{line.label}</b>: {line.seen}
            {line.cause === undefined ? null : `. ${line.cause}`} {line.fix}
          </li>
        ))}
      </ul>
    </Note>
  );
}
