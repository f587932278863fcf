import type { Metadata } from "next";
import Link from "next/link";
import { lasting } from "@/app/_components/clock";
import { count } from "@/app/_components/counting";
import { Title } from "@/app/_components/page-head";
import { STATE_WORDS } from "@/app/_components/promotion-words";
import { Scroll, Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";

export const metadata: Metadata = { title: "Approvals" };

type Queued = Outputs["vendor"]["approvals"]["queue"]["waiting"][number];

/** Who asks for Production, the longest waiting first, and what became of the last ones. Each is opened and decided by itself. */
export default async function ApprovalsPage() {
  const { waiting, recent } = await asked((await api()).vendor.approvals.queue());
  return (
    <>
      <Title lede="Each is opened and decided by itself; there is no bulk approve.">{sentence(waiting.length)}</Title>
      {waiting.length > 0 ? (
        <Section id="waiting" title="Waiting on us">
          <Scroll label="Waiting on us">
            <table className="ledger fold first mid">
              <thead>
                <tr>
                  <th scope="col">Institution</th>
                  <th scope="col">Asked</th>
                  <th scope="col">By</th>
                  <th scope="col" className="num">
                    Round
                  </th>
                  <th scope="col">Expires</th>
                </tr>
              </thead>
              <tbody>
                {waiting.map((each) => (
                  <tr key={each.id}>
                    <th scope="row">
                      <Subject of={each} />
                    </th>
                    <td data-l="Asked">
                      {each.requestedAt ? (
                        <>
                          <When at={each.requestedAt} zone={each.institution.timeZone} />
                          <span className="sub">{lasting(Date.now() - each.requestedAt.getTime())} ago</span>
                        </>
                      ) : null}
                    </td>
                    <td data-l="By">
                      <bdi>{each.requestedBy}</bdi>
                    </td>
                    <td data-l="Round" className="num">
                      {count(each.round)}
                    </td>
                    <td data-l="Expires">{each.expiresAt ? <When at={each.expiresAt} zone={each.institution.timeZone} /> : null}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </Section>
      ) : null}
      <Section id="recent" title="Decided and ended">
        {recent.length === 0 ? (
          <p className="soft">Nothing was decided yet.</p>
        ) : (
          <Scroll label="Decided and ended">
            <table className="ledger fold first small mid">
              <thead>
                <tr>
                  <th scope="col">Institution</th>
                  <th scope="col">Stands</th>
                  <th scope="col">Since</th>
                </tr>
              </thead>
              <tbody>
                {recent.map((each) => (
                  <tr key={each.id}>
                    <th scope="row">
                      <Subject of={each} />
                    </th>
                    <td data-l="Stands">{STATE_WORDS[each.state]}</td>
                    <td data-l="Since">{each.movedAt ? <When at={each.movedAt} zone={each.institution.timeZone} /> : null}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Section>
    </>
  );
}

const Subject = ({ of }: { of: Queued }) => (
  <Link prefetch={false} className="hit" href={`/vendor/approvals/${of.id}`}>
    <bdi>{of.institution.name}</bdi>, promotion {of.number}
  </Link>
);

const sentence = (n: number): string =>
  n === 0
    ? "Nobody waits on us for Production."
    : n === 1
      ? "One institution waits on us for Production."
      : `${count(n)} institutions wait on us for Production.`;
