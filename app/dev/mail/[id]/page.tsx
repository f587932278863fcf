import type { Metadata } from "next";
import { Crumbs, Facts, Title } from "@/app/_components/page-head";
import { Section } from "@/app/_components/section";
import { findMail } from "@/server/notify/list-mails";
import { orNotFound } from "../_mails";

export const metadata: Metadata = { title: "Mail" };

/** One mail in both of its forms. */
export default async function DevMailPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const mail = await orNotFound(findMail(id));
  return (
    <main id="main" className="main middle-main">
      <Crumbs up={[{ href: "/dev/mail", word: "Mails" }]} here={mail.kind} />
      <Title>{mail.subject}</Title>
      <Facts of={[["To", mail.recipient]]} />
      <Section id="text" title="Text part">
        <pre className="example">
          <TextWithLinks of={mail.text} />
        </pre>
      </Section>
      <p className="section">
        <a className="btn" href={`/dev/mail/${mail.id}/html`}>
          Open the HTML part
        </a>
      </p>
    </main>
  );
}

/** The links of the text part can be pressed, as in a mail program. */
function TextWithLinks({ of }: { of: string }) {
  return of.split(/(https?:\/\/\S+)/).map((piece, index) =>
    index % 2 === 1 ? (
      <a key={piece} href={piece}>
        {piece}
      </a>
    ) : (
      piece
    ),
  );
}
