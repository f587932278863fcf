import { collectFindings } from "@/server/roster/findings";
import type { Issue } from "@/server/roster/issue";
import { cellsOf, isBlank } from "../lib/cells";
import { scanRecords } from "../lib/records";
import type { Strays } from "./people-join";
import type { OpenedFile } from "./reader";

interface StrayFiles {
  readonly users: OpenedFile | undefined;
  readonly roles: OpenedFile | undefined;
  readonly profiles: OpenedFile | undefined;
  readonly strays: { readonly roles: Strays | null; readonly profiles: Strays | null };
}

/** Roles and profiles that name nobody of users.csv: an error where that is the full list, else something to look up later. */
export async function* strayIssues({ users, roles, profiles, strays }: StrayFiles): AsyncGenerator<Issue[]> {
  const code = users?.mode === "bulk" ? "REF_MISSING" : "REF_UNVERIFIED";
  for (const [file, stray] of [[roles, strays.roles] as const, [profiles, strays.profiles] as const]) {
    if (file === undefined || stray === null || stray.count === 0) continue;
    const findings = collectFindings(file.name, "users");
    const keyAt = file.header.at.get("userSourcedId") ?? -1;
    let ordinal = -1;
    for await (const block of scanRecords(file.csv.file, file.csv.start)) {
      for (let index = 0; index < block.count; index += 1) {
        if (isBlank(block, index, file.csv.start.delimiter)) continue;
        ordinal += 1;
        if (!stray.has(ordinal)) continue;
        const key = cellsOf(block, index, { delimiter: file.csv.delimiter, ascii: false })?.[keyAt] ?? "";
        findings.begin(block.lines[index] ?? 0);
        findings.report(code, "userSourcedId", { value: key, detail: "It names nobody of users.csv; the row was left out." });
      }
      yield findings.take();
    }
    yield findings.takeCounted();
  }
}
