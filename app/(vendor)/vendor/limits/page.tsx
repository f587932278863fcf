import type { Metadata } from "next";
import Link from "next/link";
import { count } from "@/app/_components/counting";
import { Title } from "@/app/_components/page-head";
import { Scroll, Section } from "@/app/_components/section";
import { api, asked } from "@/app/_trpc/server";
import { INSTITUTION_LIMITS, limitKeys } from "@/server/services/limits/table";

export const metadata: Metadata = { title: "Limits" };

/** What holds for everybody, and for whom something else was set. */
export default async function LimitsPage() {
  const own = await asked((await api()).vendor.limits.list());
  return (
    <>
      <Title lede="An institution's own limits are set on its page, with a reason that its people read. None passes what this deployment takes.">
        {own.length === 0 ? "The same limits hold for everybody." : `${count(own.length)} of the institutions have limits of their own.`}
      </Title>
      <Section id="limits-everybody" title="Everybody's">
        <Scroll label="Everybody's limits">
          <table className="ledger fold mid" aria-label="Everybody's limits">
            <thead>
              <tr>
                <th scope="col">Limit</th>
                <th scope="col" className="num">
                  Holds for everybody
                </th>
                <th scope="col">What it stops</th>
              </tr>
            </thead>
            <tbody>
              {limitKeys().map((key) => {
                const { label, help, unit, per, default: standard } = INSTITUTION_LIMITS[key];
                return (
                  <tr key={key}>
                    <th scope="row">{label}</th>
                    <td data-l="Holds for everybody" className="num">
                      {count(Math.floor(standard / per))} {unit}
                    </td>
                    <td data-l="What it stops">{help}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      </Section>
      {own.length === 0 ? null : (
        <Section id="limits-own" title="Set for one institution">
          <Scroll label="Limits of single institutions">
            <table className="ledger fold mid" aria-label="Limits of single institutions">
              <thead>
                <tr>
                  <th scope="col">Institution</th>
                  <th scope="col">Holds there</th>
                </tr>
              </thead>
              <tbody>
                {own.map(({ slug, name, limits }) => (
                  <tr key={slug}>
                    <th scope="row">
                      <Link prefetch={false} className="hit" href={`/vendor/institutions/${slug}#limits`}>
                        <bdi>{name}</bdi>
                      </Link>
                    </th>
                    <td data-l="Holds there">
                      <ul className="stack">
                        {limitKeys().map((key) => {
                          const value = limits[key];
                          const { label, unit, per } = INSTITUTION_LIMITS[key];
                          return value === null ? null : (
                            <li key={key}>
                              {label}:{" "}
                              <b>
                                {count(value / per)} {unit}
                              </b>
                            </li>
                          );
                        })}
                      </ul>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </Section>
      )}
    </>
  );
}
