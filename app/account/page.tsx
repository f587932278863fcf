import type { Metadata } from "next";
import { counted } from "@/app/_components/counting";
import { Facts, Verdict } from "@/app/_components/page-head";
import { Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";
import { browserName } from "./browser-name";
import { EndEverySession, EndSession } from "./end-session";

export const metadata: Metadata = { title: "Your account" };

/** What belongs to the person who reads and to nobody else: where they are signed in, and how to end that. */
export default async function AccountPage() {
  const ask = await api();
  const { account, institutions } = await asked(ask.session.get());
  const sessions = await asked(ask.session.list());
  // A person has no zone of their own; who belongs to no institution reads the one that everybody knows.
  const zone = institutions[0]?.timeZone ?? "UTC";
  return (
    <>
      <Verdict lede="A browser that you do not know can be signed out here; it is shut out at its next request.">
        {sessions.length === 1
          ? "Only this browser is signed in as you."
          : `${counted(sessions.length, "browser is", "browsers are")} signed in as you.`}
      </Verdict>
      <Facts
        of={[
          ["Name", account.name ? <bdi key="name">{account.name}</bdi> : null],
          ["E-mail", <bdi key="email">{account.email}</bdi>],
        ]}
      />
      <Section id="sessions" title="Where you are signed in">
        <table className="ledger fold mid" aria-labelledby="sessions">
          <thead>
            <tr>
              <th scope="col">Browser</th>
              <th scope="col">Signed in</th>
              <th scope="col">Last seen</th>
              <th scope="col">Ends at the latest</th>
              <th scope="col">
                <span className="vh">End it</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => (
              <tr key={session.id}>
                <th scope="row">
                  {browserName(session.browser)}
                  {session.current ? <span className="sub">this browser</span> : null}
                </th>
                <td data-l="Signed in">
                  <When at={session.createdAt} zone={zone} />
                </td>
                <td data-l="Last seen">
                  <When at={session.seenAt} zone={zone} />
                </td>
                <td data-l="Ends at the latest">
                  <When at={session.expiresAt} zone={zone} />
                </td>
                <td>{session.current ? null : <EndSession id={session.id} browser={browserName(session.browser)} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="xs muted account-hint">Times in {zone}. A browser that was not used for eight hours is signed out by itself.</p>
      </Section>
      <Section id="everywhere" title="Sign out everywhere">
        <p className="soft">
          Ends all of them at once, this one included. Use it when a device was lost or somebody else may know your mail.
        </p>
        <EndEverySession n={sessions.length} />
      </Section>
    </>
  );
}
