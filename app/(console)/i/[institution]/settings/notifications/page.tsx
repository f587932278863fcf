import type { Metadata } from "next";
import { counted } from "@/app/_components/counting";
import { Verdict } from "@/app/_components/page-head";
import { Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { type SettingsParams, settingsOf } from "../_settings";
import { NotificationSwitches } from "./notification-switches";

export const metadata: Metadata = { title: "Notifications" };

type Notifications = Outputs["notifications"]["list"];

/** Which mails about this institution one gets oneself, and the last ones. */
export default async function NotificationsPage({ params }: { params: Promise<SettingsParams> }) {
  const { slug, institution, session, zone } = await settingsOf(params);
  const { kinds, sent } = await asked((await api()).notifications.list({ institution: slug }));
  const on = kinds.filter((kind) => kind.isOn).length;
  return (
    <main id="main" className="main">
      <Verdict
        lede={
          <>
            They go to <bdi>{session.account.email}</bdi>, hold counts and links and nobody's name, and each that you may stop ends with a
            link that stops its kind.
          </>
        }
      >
        {kinds.length === 0
          ? `Your role gets no mails about ${institution.name}.`
          : `You get ${counted(on, "kind")} of mail about ${institution.name}.`}
      </Verdict>
      {kinds.length === 0 ? null : (
        <Section id="kinds" title="Which mails you get">
          <NotificationSwitches institution={slug} kinds={kinds} />
        </Section>
      )}
      <Section id="sent" title="The last mails to you">
        <Sent sent={sent} zone={zone} />
      </Section>
    </main>
  );
}

const STATES: Record<Notifications["sent"][number]["state"], string> = {
  sent: "sent",
  waiting: "on its way",
  refused: "refused by the mail server, tried again",
};

function Sent({ sent, zone }: { sent: Notifications["sent"]; zone: string }) {
  if (sent.length === 0) return <p className="soft">There was none yet.</p>;
  return (
    <table className="ledger fold" aria-label="The last mails to you">
      <thead>
        <tr>
          <th scope="col">Subject</th>
          <th scope="col">Written</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {sent.map((mail) => (
          <tr key={`${mail.createdAt.toISOString()} ${mail.subject}`}>
            <th scope="row">
              <bdi>{mail.subject}</bdi>
            </th>
            <td data-l="Written">
              <When at={mail.createdAt} zone={zone} />
            </td>
            <td data-l="State">{STATES[mail.state]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
