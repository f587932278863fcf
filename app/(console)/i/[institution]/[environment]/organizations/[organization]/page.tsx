import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Crumbs, Title } from "@/app/_components/page-head";
import { Scroll, Section } from "@/app/_components/section";
import { Value } from "@/app/_components/value";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { LABEL_KEYS } from "@/server/roster/labels";
import { type Console, type ConsoleParams, consoleOf } from "../../_console";
import { ChangeCell } from "../change-cell";

export const metadata: Metadata = { title: "Organization" };

type Line = Outputs["organizations"]["list"]["organizations"][number];

/** One organization: what is in it, the ways to its people and classes, and what stands below it. */
export default async function OrganizationPage({ params }: { params: Promise<ConsoleParams & { organization: string }> }) {
  const here = await consoleOf(params);
  const { organization: text } = await params;
  const { place, base, words } = here;
  const { organizations } = await asked((await api()).organizations.list(place));
  const organization = organizations.find((one) => String(one.id) === text) ?? notFound();
  const parent = organizations.find((one) => one.id === organization.parentId);
  const below = organizations.filter((one) => one.parentId === organization.id);
  return (
    <main id="main" className="main">
      <Crumbs
        up={[
          { href: `${base}/organizations`, word: "Organizations" },
          ...(parent ? [{ href: `${base}/organizations/${parent.id}`, word: <Value key="parent" of={parent.name} /> }] : []),
        ]}
        here={<Value of={organization.name} />}
      />
      <Title lede="With the changes that the last commit brought to each.">
        <Value of={organization.name} />
      </Title>
      <dl className="facts facts-below">
        {LABEL_KEYS.map((key) => (
          <div key={key}>
            <dt>{words[key].title}</dt>
            <dd>
              <ChangeCell cell={organization.cells[key]} />
            </dd>
          </div>
        ))}
      </dl>
      <SchoolsOf here={here} organization={organization} />
      {below.length === 0 ? null : (
        <Section id="below" title="Organizations below it">
          <ul className="plain-list">
            {below.map((one) => (
              <li key={one.id}>
                <Link prefetch={false} className="hit2" href={`${base}/organizations/${one.id}`}>
                  <Value of={one.name} />
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </main>
  );
}

/** The schools of the rosters that belong here, each with the lists of its people and classes. */
function SchoolsOf({ here, organization }: { here: Console; organization: Line }) {
  const { base, words } = here;
  const hrefOf = (kind: string, school: string): string => `${base}/${kind}?school=${encodeURIComponent(school)}`;
  return (
    <Section id="schools-of" title={words.schools.title}>
      {organization.schools.length === 0 ? (
        <p className="soft">No {words.schools.one} of your files belongs here.</p>
      ) : (
        <Scroll label={words.schools.title}>
          <table className="ledger fold mid" aria-label={words.schools.title}>
            <thead>
              <tr>
                <th scope="col">{words.schools.title}</th>
                <th scope="col">Source key</th>
                <th scope="col">Lists</th>
              </tr>
            </thead>
            <tbody>
              {organization.schools.map(({ key, name }) => (
                <tr key={key}>
                  <th scope="row">
                    <Value of={name} />
                  </th>
                  <td data-l="Source key">
                    <code>
                      <Value of={key} />
                    </code>
                  </td>
                  <td data-l="Lists">
                    <span className="row wrap">
                      {(["students", "teachers", "classes"] as const).map((kind) => (
                        <Link
                          key={kind}
                          prefetch={false}
                          className="hit"
                          href={hrefOf(kind, key)}
                          aria-label={`${words[kind].title} of ${name}`}
                        >
                          {words[kind].title}
                        </Link>
                      ))}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Section>
  );
}
