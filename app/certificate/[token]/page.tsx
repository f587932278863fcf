import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { count } from "@/app/_components/counting";
import { Facts, Title } from "@/app/_components/page-head";
import { PlainPage } from "@/app/_components/plain-page";
import { Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";

export const metadata: Metadata = { title: "Certificate of deletion", robots: { index: false } };

/** What remains of an institution, for whoever has the link: no person is in it. */
export default async function CertificatePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const certificate = await asked((await api()).data.certificate({ token: token.slice(0, 100) }));
  if (certificate === null) notFound();
  const { says } = certificate;
  const rows = Object.entries(says.rows).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return (
    <PlainPage width="middle" place="Certificate">
      <Title lede="Everything that Rollcall held of this institution is gone: rows, sealed files, and people who belonged nowhere else.">
        <bdi>{says.institution.name}</bdi> was deleted
      </Title>
      <Facts
        of={[
          ["Deleted", says.finishedAt ? <When key="finished" at={new Date(says.finishedAt)} zone="UTC" /> : null],
          ["Asked for", <When key="asked" at={new Date(says.askedAt)} zone="UTC" />],
          ["Asked for by", says.askedBy],
          ["Agreed", <When key="agreed" at={new Date(says.approvedAt)} zone="UTC" />],
          ["Agreed by", says.approvedBy],
          ["Sealed files", count(says.files)],
          ["Accounts", count(says.accounts)],
        ]}
      />
      <Section id="proof" title="Proof">
        <p className="small">
          The audit ended at entry {count(says.audit.entries)} with the hash <code className="secret">{says.audit.hash}</code>. The file
          below is signed; <code>rollcall certificate verify</code> checks it.
        </p>
        <p>
          <a href={`/certificate/${token}/file`} download>
            Download the certificate
          </a>
        </p>
      </Section>
      <Section id="rows" title="What there was">
        <table className="ledger small" aria-label="Rows before the deletion">
          <thead>
            <tr>
              <th scope="col">Table</th>
              <th scope="col" className="num">
                Rows
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([table, n]) => (
              <tr key={table}>
                <th scope="row">{table.replaceAll("_", " ")}</th>
                <td className="num">{count(n)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
    </PlainPage>
  );
}
