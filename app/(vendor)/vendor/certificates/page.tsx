import type { Metadata } from "next";
import Link from "next/link";
import { Empty } from "@/app/_components/empty";
import { Title } from "@/app/_components/page-head";
import { When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";

export const metadata: Metadata = { title: "Certificates" };

/** What remains of institutions that were deleted. */
export default async function CertificatesPage() {
  const certificates = await asked((await api()).vendor.deletions.certificates());
  return (
    <>
      <Title lede="Each says how much there was, who decided, and where the audit ended. No person is in it.">Deleted institutions</Title>
      {certificates.length === 0 ? (
        <Empty title="None yet">An owner asks for a deletion under Data; it is decided on the page of the institution.</Empty>
      ) : (
        <table className="ledger fold section" aria-label="Certificates of deletion">
          <thead>
            <tr>
              <th scope="col">Institution</th>
              <th scope="col">Deleted</th>
              <th scope="col">Certificate</th>
            </tr>
          </thead>
          <tbody>
            {certificates.map(({ says, token }) => (
              <tr key={says.id}>
                <th scope="row">
                  <bdi>{says.institution.name}</bdi>
                  <span className="sub">{says.institution.slug}</span>
                </th>
                <td data-l="Deleted">{says.finishedAt ? <When at={new Date(says.finishedAt)} zone="UTC" /> : null}</td>
                <td data-l="Certificate">
                  <Link href={`/certificate/${token}`} prefetch={false}>
                    Read it
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
