import type { Metadata } from "next";
import Link from "next/link";
import { counted } from "@/app/_components/counting";
import { Verdict } from "@/app/_components/page-head";
import { Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";
import { type SettingsParams, settingsOf } from "../_settings";
import { Secrets } from "./secrets";

export const metadata: Metadata = { title: "Security" };

/** Who of the vendor looked, and how people, files and decisions are kept safe: what is true, not what is promised. */
export default async function SecurityPage({ params }: { params: Promise<SettingsParams> }) {
  const { slug, institution, zone, can } = await settingsOf(params);
  const views = await asked((await api()).views.list({ institution: slug }));
  const open = views.filter((view) => view.isOpen);
  return (
    <main id="main" className="main">
      <Verdict lede="The vendor's staff see a roster only by looking at an institution as its people do: read-only, for a reason, for half an hour, and told here.">
        {open.length === 0
          ? "Nobody of the vendor looks at this institution now."
          : `${counted(open.length, "person", "people")} of the vendor ${open.length === 1 ? "looks" : "look"} at this institution now.`}
      </Verdict>
      <Section id="views" title="Views by the vendor's staff">
        {views.length === 0 ? (
          <p className="soft">There was none yet.</p>
        ) : (
          <table className="ledger fold" aria-label="Views by the vendor's staff">
            <thead>
              <tr>
                <th scope="col">Who</th>
                <th scope="col">From</th>
                <th scope="col">Until</th>
                <th scope="col">Reason</th>
                <th scope="col">Roster</th>
              </tr>
            </thead>
            <tbody>
              {views.map((view) => (
                <tr key={view.id}>
                  <th scope="row">
                    <bdi>{view.by}</bdi>
                  </th>
                  <td data-l="From">
                    <When at={view.startedAt} zone={zone} />
                  </td>
                  <td data-l="Until">
                    <span>
                      {view.isOpen ? "open, at most " : null}
                      <When at={view.endedAt} zone={zone} />
                    </span>
                  </td>
                  <td data-l="Reason">
                    <bdi dir="auto">{view.reason}</bdi>
                  </td>
                  <td data-l="Roster">{view.hasReadRoster ? "was shown" : "was not shown"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
      {can("feed:manage") ? <Secrets institution={slug} zone={zone} /> : null}
      <Section id="sign-in" title="Signing in">
        <ul className="stack plain-list">
          <li>
            There are no passwords. A link and a code go to the work e-mail; both work once, for ten minutes, where they were asked for.
          </li>
          <li>A session ends after 8 idle hours, after 30 days, and at once when it is ended under your account.</li>
          <li>An invitation works once, for seven days, and only for the address to which it went.</li>
          <li>The vendor's staff need a second factor besides: a passkey or an app's code. Their console closes after 12 hours.</li>
        </ul>
        <p className="section-go">
          <Link href="/account">Where you are signed in</Link>
        </p>
      </Section>
      <Section id="kept" title="What is kept, and how">
        <ul className="stack plain-list">
          <li>
            Files are sealed with a key of {institution.name} alone. Passwords and personal columns that no roster needs are emptied before
            anything is kept; <Link href={`/i/${slug}/preview/data-use`}>what we read and keep</Link> lists the rest.
          </li>
          <li>The database shows rows of one institution at a time, by a rule of its own that no page can leave out.</li>
          <li>
            Whatever changes something is written to the audit, which nobody can change; each entry carries the hash of the one before it.
            {can("audit:read") ? (
              <>
                {" "}
                <Link href={`/i/${slug}/settings/audit`}>Read the audit</Link>.
              </>
            ) : (
              " Owners and admins read it."
            )}
          </li>
        </ul>
      </Section>
    </main>
  );
}
