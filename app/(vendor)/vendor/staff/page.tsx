import type { Metadata } from "next";
import { counted } from "@/app/_components/counting";
import { Verdict } from "@/app/_components/page-head";
import { Scroll } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";
import { AddStaff } from "./add-staff";
import { RemoveStaff, ResetFactor, StaffRole } from "./staff-actions";

export const metadata: Metadata = { title: "Staff" };

const FACTORS = { totp: "app", passkey: "passkey" } as const;

/** The people of the vendor and what each may do; admins change it here. */
export default async function StaffPage() {
  const caller = await api();
  const [staff, { account }] = await Promise.all([asked(caller.vendor.staff.list()), asked(caller.session.get())]);
  return (
    <>
      <Verdict lede="A role that changes closes that person's open consoles. The last admin stays.">
        {counted(staff.length, "person opens", "people open")} this console.
      </Verdict>
      <AddStaff />
      <div className="section">
        <Scroll label="Staff">
          <table className="ledger fold mid" aria-label="Staff">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Role</th>
                <th scope="col">Second factor</th>
                <th scope="col">Last here</th>
                <th scope="col">Since</th>
                <th scope="col">
                  <span className="vh">Change</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {staff.map((person) => {
                const isSelf = person.accountId === account.id;
                return (
                  <tr key={person.accountId}>
                    <th scope="row">
                      <bdi>{person.name ?? person.email}</bdi>
                      <span className="sub">
                        <bdi>{person.email}</bdi>
                        {isSelf ? ", you" : ""}
                      </span>
                    </th>
                    <td data-l="Role">
                      <StaffRole person={person} />
                    </td>
                    <td data-l="Second factor">
                      {person.factors.length === 0 ? "none yet" : person.factors.map((factor) => FACTORS[factor]).join(", ")}
                    </td>
                    <td data-l="Last here" className="nowrap">
                      {person.lastAt ? <When at={person.lastAt} zone="UTC" /> : "never"}
                      {person.openSessions > 0 ? <span className="sub">{counted(person.openSessions, "open console")}</span> : null}
                    </td>
                    <td data-l="Since" className="nowrap">
                      <When at={person.createdAt} zone="UTC" />
                    </td>
                    <td data-l="Change">
                      <span className="row">
                        {isSelf || person.factors.length === 0 ? null : <ResetFactor person={person} />}
                        <RemoveStaff person={person} />
                      </span>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      </div>
    </>
  );
}
