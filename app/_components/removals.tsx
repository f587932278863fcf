import { z } from "zod";
import type { Outputs } from "@/app/_trpc/outputs";
import { removedWords } from "./audit-changes";
import { When } from "./when";

const Counts = z.record(z.string(), z.number()).catch({});

/** What retention removed, a line a night. */
export function Removals({ of: removals, zone, label }: { of: Outputs["overview"]["removals"]; zone: string; label: string }) {
  return (
    <table className="ledger fold" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
        </tr>
      </thead>
      <tbody>
        {removals.map((night) => (
          <tr key={night.id}>
            <th scope="row">
              <When at={night.at} zone={zone} />
            </th>
            <td data-l="What">{removedWords(Counts.parse(night.counts))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
