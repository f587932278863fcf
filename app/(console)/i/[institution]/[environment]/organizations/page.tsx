import type { Metadata } from "next";
import Link from "next/link";
import { LinkButton } from "@/app/_components/button";
import { counted } from "@/app/_components/counting";
import { Empty } from "@/app/_components/empty";
import { environmentWord } from "@/app/_components/env";
import { Verdict } from "@/app/_components/page-head";
import { Scroll } from "@/app/_components/section";
import { Value } from "@/app/_components/value";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { LABEL_KEYS } from "@/server/roster/labels";
import { type Console, type ConsoleParams, consoleOf } from "../_console";
import { ChangeCell } from "./change-cell";

export const metadata: Metadata = { title: "Organizations" };

type List = Outputs["organizations"]["list"];
type Line = List["organizations"][number];

/** The institution's organizations in their hierarchy, with what is in each and what the last commit changed there. */
export default async function OrganizationsPage({ params }: { params: Promise<ConsoleParams> }) {
  const here = await consoleOf(params);
  const { place, base, words, zone, can } = here;
  const list = await asked((await api()).organizations.list(place));
  const configure = `/i/${place.institution}/configure/organizations`;
  if (list.mode === "single" || list.organizations.length === 0) {
    return (
      <main id="main" className="main">
        <Verdict>{list.mode === "single" ? `This portal is a single ${words.schools.one}.` : "There are no organizations yet."}</Verdict>
        <Empty
          title={
            list.mode === "single"
              ? `Organizations are for portals of many ${words.schools.many}`
              : `Your ${words.schools.many} can become organizations`
          }
          action={
            can("feed:manage") ? (
              <LinkButton kind="go" href={configure}>
                {list.mode === "single" ? "Look at the switch" : "Set organizations up"}
              </LinkButton>
            ) : (
              <Link href={`${base}/schools`}>See the {words.schools.many}</Link>
            )
          }
        >
          Each takes the name and the place in the hierarchy that your files give it; you can change both.
        </Empty>
      </main>
    );
  }
  return (
    <main id="main" className="main wide">
      <Verdict
        lede={
          <>
            {list.lastCommit ? (
              <>
                Changes are those of <Link href={`${base}/runs/${list.lastCommit.run}`}>run {list.lastCommit.run}</Link>
                {list.lastCommit.at ? (
                  <>
                    , <When at={list.lastCommit.at} zone={zone} />
                  </>
                ) : null}
                .{" "}
              </>
            ) : (
              `Nothing was committed to ${environmentWord(place.environment)} yet. `
            )}
            {list.unmapped > 0
              ? `${counted(list.unmapped, `${words.schools.one} belongs`, `${words.schools.many} belong`)} to no organization yet. `
              : ""}
            <Link href={configure}>Change organizations</Link>
          </>
        }
      >
        {counted(list.organizations.length, "organization")} in {environmentWord(place.environment)}
      </Verdict>
      <div className="section">
        <OrganizationTable here={here} organizations={list.organizations} />
      </div>
    </main>
  );
}

function OrganizationTable({ here, organizations }: { here: Console; organizations: readonly Line[] }) {
  const { base, words } = here;
  return (
    <Scroll label="Organizations">
      <table className="ledger mid fold" aria-label="Organizations">
        <thead>
          <tr>
            <th scope="col">Organization</th>
            {LABEL_KEYS.map((key) => (
              <th key={key} scope="col">
                {words[key].title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {organizations.map((organization) => (
            <tr key={organization.id}>
              <th scope="row">
                <span className={`tree-${Math.min(organization.depth, 4)}`}>
                  <Link prefetch={false} className="hit" href={`${base}/organizations/${organization.id}`}>
                    <Value of={organization.name} />
                  </Link>
                </span>
              </th>
              {LABEL_KEYS.map((key) => (
                <td key={key} data-l={words[key].title}>
                  <ChangeCell cell={organization.cells[key]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
