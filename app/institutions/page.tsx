import type { Metadata } from "next";
import Link from "next/link";
import { counted } from "@/app/_components/counting";
import { Empty } from "@/app/_components/empty";
import { Verdict } from "@/app/_components/page-head";
import { api, asked } from "@/app/_trpc/server";

export const metadata: Metadata = { title: "Your institutions" };

const ROLES = { owner: "owner", admin: "admin", reviewer: "reviewer", viewer: "viewer" } as const;

/** Where one account belongs, for choosing. */
export default async function InstitutionsPage() {
  const session = await asked((await api()).session.get());
  const { institutions, account, staffRole } = session;
  if (institutions.length === 0) {
    return (
      <>
        <Verdict>You do not belong to an institution yet.</Verdict>
        <Empty
          title="Ask to be added"
          action={
            staffRole ? (
              <Link className="btn go" href="/vendor">
                Open the staff console
              </Link>
            ) : null
          }
        >
          Ask an owner at your institution to add {account.email}. This page shows it as soon as you are.
        </Empty>
      </>
    );
  }
  return (
    <>
      <Verdict lede="Choose where to go. Roles differ from one to the other.">
        You belong to {counted(institutions.length, "institution")}.
      </Verdict>
      <ul className="sheet institution-list">
        {institutions.map((institution) => (
          <li key={institution.slug} className="pad row wrap">
            <Link href={`/i/${institution.slug}/preview`} className="strong hit2">
              <bdi>{institution.name}</bdi>
            </Link>
            <span className="push small soft">
              you are {ROLES[institution.role]}, times in {institution.timeZone}
            </span>
          </li>
        ))}
      </ul>
      {staffRole ? (
        <p className="section">
          <Link href="/vendor">Staff console</Link>
        </p>
      ) : null}
    </>
  );
}
