import { failpoint } from "@/server/failpoint";
import { withCopySession } from "./copy";
import { chunksOf, copyOf, rowWriter } from "./copy-form";
import { keepLoad, type Loading, noTally, pass, stagedForm, type Tally, writeStaged } from "./loading";
import { stageName, stageStatements } from "./tables";

/** Stages every row of a file: for full runs, for small environments, and where no fingerprint can be trusted. */
export async function loadStaged(loading: Loading): Promise<Tally> {
  const { open, reader, position } = loading;
  const table = stageName(open.runId, reader.entity);
  const tally = noTally();
  return withCopySession(open, async (session) => {
    for (const statement of stageStatements(open.runId, reader.entity)) await session.query(statement);
    await session.query(`delete from ${table} where position = $1`, [position]);
    const form = stagedForm(position);
    const line = rowWriter(reader, form);
    const into = session.copy({ table, ...copyOf(reader, form) });
    await pass(loading, chunksOf(reader, form), async ({ rows, plain }) => {
      tally.read += plain?.count ?? 0;
      if (plain !== undefined && plain.count > 0) await into.write(plain.csv);
      await writeStaged(into, { rows, tally, line });
      await failpoint("load.copy");
    });
    await into.end();
    loading.hasRead();
    await session.query(`analyze ${table}`);
    await keepLoad(session, loading, { landing: "full", tally, totals: await loading.issues.end() });
    await failpoint("load.landed");
    await session.commit();
    return tally;
  });
}
