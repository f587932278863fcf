import type { Metadata } from "next";
import { counted } from "@/app/_components/counting";
import { Crumbs, Title } from "@/app/_components/page-head";
import { api, asked } from "@/app/_trpc/server";
import { LogAddress, logHref } from "../../../log/_address";
import { RunLog } from "../../../log/run-log";
import { type RunParams, runOf } from "../_run";

export const metadata: Metadata = { title: "Log" };

interface LogOfRunProps {
  params: Promise<RunParams>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The warnings of one run, each at its action. */
export default async function LogOfRunPage({ params, searchParams }: LogOfRunProps) {
  const { here, run, report } = await runOf(params);
  const { code, after } = LogAddress.parse(await searchParams);
  const log = await asked((await api()).overview.log({ ...here.place, run: run.number, code, after }));
  const total = log.groups.reduce((sum, group) => sum + group.total, 0);
  return (
    <main id="main" className="main">
      <Crumbs
        up={[
          { href: `${here.base}/runs`, word: "Runs" },
          { href: report, word: `Run ${run.number}` },
        ]}
        here="Log"
      />
      <Title lede="A warning drops or repairs one value; the row itself goes its way.">
        {total === 0 ? `Run ${run.number} has no warning` : `${counted(total, "warning")} of run ${run.number}`}
      </Title>
      {total === 0 ? null : (
        <RunLog
          log={log}
          code={code}
          isFirst={after === undefined}
          report={report}
          hrefWith={(parts) => logHref(`${report}/log`, parts)}
          zone={here.zone}
        />
      )}
    </main>
  );
}
