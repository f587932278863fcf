import type { Metadata } from "next";
import { count, counted } from "@/app/_components/counting";
import { Empty } from "@/app/_components/empty";
import { Env } from "@/app/_components/env";
import { Note } from "@/app/_components/note";
import { Title } from "@/app/_components/page-head";
import { Scroll } from "@/app/_components/section";
import { StateBadge } from "@/app/_components/state-badge";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";

export const metadata: Metadata = { title: "Institutions" };

type Institution = Outputs["vendor"]["institutions"]["list"][number];

/** Every institution with its last run, those that are stuck first. */
export default async function VendorPage() {
  const vendor = (await api()).vendor;
  const [institutions, mail] = await Promise.all([asked(vendor.institutions.list()), asked(vendor.mail())]);
  const sorted = institutions.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  return (
    <>
      <Title lede={`${count(institutions.length)} institutions. Held and failed ones stand first.`}>{sentence(institutions)}</Title>
      {mail.waiting > 0 ? <MailsWait {...mail} /> : null}
      {institutions.length === 0 ? (
        <Empty title="Make the first one">
          <code>npm run -s rollcall -- institution create --slug … --name … --zone … --owner …</code>
        </Empty>
      ) : (
        <div className="section">
          <Scroll label="Institutions">
            <table className="ledger mid" aria-label="Institutions">
              <thead>
                <tr>
                  <th scope="col">Institution</th>
                  <th scope="col">Last run</th>
                  <th scope="col">Where</th>
                  <th scope="col">When</th>
                  <th scope="col">What blocks</th>
                  <th scope="col" className="num">
                    Feeds
                  </th>
                  <th scope="col" className="num">
                    Members
                  </th>
                  <th scope="col">Since</th>
                </tr>
              </thead>
              <tbody>
                {sorted.map((institution) => (
                  <tr key={institution.slug}>
                    <th scope="row">
                      <bdi>{institution.name}</bdi>
                      <span className="sub">{institution.slug}</span>
                    </th>
                    <LastRun of={institution} />
                    <td className="num">{count(institution.feeds)}</td>
                    <td className="num">{count(institution.members)}</td>
                    <td className="nowrap">
                      <When at={institution.createdAt} zone={institution.timeZone} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </div>
      )}
    </>
  );
}

/** People hear of nothing while mails wait, so whoever runs the deployment must. */
function MailsWait({ isConfigured, waiting, lastError }: Outputs["vendor"]["mail"]) {
  return (
    <Note tone="warning">
      <p>
        <b>
          {counted(waiting, "mail")} {waiting === 1 ? "waits" : "wait"} in the outbox.
        </b>{" "}
        {isConfigured
          ? `They are tried again by themselves${lastError === null ? "" : `; the last answer was ${lastError}`}.`
          : "No mail server is set: give SMTP_URL."}
      </p>
    </Note>
  );
}

function LastRun({ of: { lastRun, timeZone } }: { of: Institution }) {
  if (!lastRun) {
    return (
      <td colSpan={4} className="muted">
        Nothing has been sent yet
      </td>
    );
  }
  return (
    <>
      <td className="nowrap">
        Run {lastRun.number} <StateBadge state={lastRun.state} />
      </td>
      <td>
        <Env name={lastRun.environment} />
      </td>
      <td className="nowrap">
        <When at={lastRun.at} zone={timeZone} />
      </td>
      <td>{lastRun.reason ?? ""}</td>
    </>
  );
}

/** Stuck first: held, failed, then working and waiting, then the rest. */
function rank({ lastRun }: Institution): number {
  if (lastRun?.state === "held") return 0;
  if (lastRun?.state === "failed") return 1;
  if (lastRun?.state === "ready") return 2;
  return lastRun === null ? 4 : 3;
}

function sentence(institutions: readonly Institution[]): string {
  const held = institutions.filter((one) => one.lastRun?.state === "held").length;
  const failed = institutions.filter((one) => one.lastRun?.state === "failed").length;
  if (held + failed === 0) return "No institution is held, and no last run failed.";
  return `${held === 1 ? "One institution is" : `${count(held)} institutions are`} held; ${failed === 1 ? "one last run" : `${count(failed)} last runs`} failed.`;
}
