"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Button } from "@/app/_components/button";
import { size } from "@/app/_components/counting";
import { failureText } from "@/app/_components/failure";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";

type Exported = Outputs["data"]["exports"]["list"][number];

const POLL_MS = 2_000;

/** Everything of the institution as one file: asked for, written meanwhile, fetched. */
export function ExportPart({ institution, exports: first, zone }: { institution: string; exports: Exported[]; zone: string }) {
  const trpc = useTRPC();
  const list = useQuery(
    trpc.data.exports.list.queryOptions(
      { institution },
      { initialData: first, refetchInterval: ({ state }) => (state.data?.some(isUnderWay) === true ? POLL_MS : false) },
    ),
  );
  const request = useMutation(trpc.data.exports.request.mutationOptions({ onSuccess: () => list.refetch() }));
  const isBusy = list.data.some(isUnderWay) || request.isPending;
  return (
    <div className="stack">
      <p className="small soft">
        Both rosters, settings, runs with their findings, the audit with its proof and the members, as one zip. Passwords and secrets are
        not in it. Owners alone can fetch it, for seven days; each time is written into the audit.
      </p>
      <div className="row">
        <Button aria-disabled={isBusy} onClick={() => (isBusy ? undefined : request.mutate({ institution }))}>
          {isBusy ? "The file is being written…" : "Export everything"}
        </Button>
      </div>
      {request.error ? (
        <p role="alert" className="err">
          {failureText(request.error)}
        </p>
      ) : null}
      {list.data.length === 0 ? null : (
        <table className="ledger fold" aria-label="Exports">
          <thead>
            <tr>
              <th scope="col">Asked for</th>
              <th scope="col">By</th>
              <th scope="col">File</th>
            </tr>
          </thead>
          <tbody>
            {list.data.map((each) => (
              <tr key={each.id}>
                <th scope="row">
                  <When at={each.requestedAt} zone={zone} />
                </th>
                <td data-l="By">
                  <bdi>{each.by ?? "Somebody at the server"}</bdi>
                </td>
                <td data-l="File">
                  <span>
                    <File of={each} institution={institution} zone={zone} />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function File({ of: each, institution, zone }: { of: Exported; institution: string; zone: string }) {
  if (isUnderWay(each)) return <>being written</>;
  if (each.state === "failed") return <>could not be written. {each.reason}</>;
  if (!each.canFetch || each.expiresAt === null) return <>no longer kept</>;
  return (
    <>
      <a href={`/i/${institution}/settings/data/export/${each.id}`} download>
        Download the zip
      </a>{" "}
      ({size(each.bytes ?? 0)}), until <When at={each.expiresAt} zone={zone} />
    </>
  );
}

const isUnderWay = ({ state }: Exported): boolean => state === "queued" || state === "working";
