import type { Metadata } from "next";
import Link from "next/link";
import { inFull } from "@/app/_components/clock";
import { counted } from "@/app/_components/counting";
import { Title } from "@/app/_components/page-head";
import { Scroll } from "@/app/_components/section";
import { listMails } from "@/server/notify/list-mails";
import { orNotFound } from "./_mails";

export const metadata: Metadata = { title: "Mails" };

/** The outbox, where no mail leaves the machine: for development, tests and the demo. Does not exist in production. */
export default async function DevMailPage() {
  const mails = await orNotFound(listMails());
  return (
    <main id="main" className="main middle-main">
      <Title lede="Mails of this installation, newest first. This page exists only outside production.">
        {counted(mails.length, "mail")} in the outbox
      </Title>
      <Scroll label="Mails">
        <table className="ledger section" aria-label="Mails">
          <thead>
            <tr>
              <th scope="col">Subject</th>
              <th scope="col">To</th>
              <th scope="col">Written</th>
              <th scope="col">Sent</th>
            </tr>
          </thead>
          <tbody>
            {mails.map((mail) => (
              <tr key={mail.id}>
                <th scope="row">
                  <Link className="hit" href={`/dev/mail/${mail.id}`} prefetch={false}>
                    {mail.subject}
                  </Link>
                  <span className="sub">{mail.kind}</span>
                </th>
                <td>{mail.recipient}</td>
                <td className="small">{inFull(mail.createdAt, "UTC")}</td>
                <td className="small">{mail.sentAt ? inFull(mail.sentAt, "UTC") : "waits"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </main>
  );
}
