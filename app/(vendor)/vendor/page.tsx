import type { Metadata } from "next";
import Link from "next/link";
import { z } from "zod";
import { LinkButton } from "@/app/_components/button";
import { count, counted } from "@/app/_components/counting";
import { Empty } from "@/app/_components/empty";
import { Note } from "@/app/_components/note";
import { Title } from "@/app/_components/page-head";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { QueueFilters } from "./queue-filters";
import { QueueTable } from "./queue-table";
import { BLOCKED, type Institution } from "./stage-words";

export const metadata: Metadata = { title: "Queue" };

interface VendorPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const one = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const Address = z.object({
  kind: one(z.enum(["waiting", "held", "failing", "stalled"])),
  owner: one(z.enum(["me", "nobody"])),
  source: one(z.string().min(1).max(100)),
});

const DAY_MS = 24 * 60 * 60 * 1000;

/** The institutions that need somebody of the vendor, ordered by who is blocked on us. */
export default async function VendorPage({ searchParams }: VendorPageProps) {
  const address = Address.parse(await searchParams);
  const ask = await api();
  const [institutions, mail, { account }] = await Promise.all([
    asked(ask.vendor.institutions.list()),
    asked(ask.vendor.mail()),
    asked(ask.session.get()),
  ]);
  const queue = institutions.filter((one) => one.blocked !== null).toSorted(byUrgency);
  const shown = queue.filter(
    (one) =>
      (address.kind === undefined || one.blocked?.kind === address.kind) &&
      (address.source === undefined || one.sources.includes(address.source)) &&
      (address.owner === undefined || (address.owner === "me" ? one.owner?.id === account.id : one.owner === null)),
  );
  const next = shown[0];
  const synced = institutions.filter((one) => one.committedAt !== null && Date.now() - one.committedAt.getTime() < DAY_MS).length;
  return (
    <>
      <Title
        beside={
          next ? (
            <LinkButton
              kind="go"
              className="push"
              href={next.blocked?.promotion ? `/vendor/approvals/${next.blocked.promotion}` : `/vendor/institutions/${next.slug}`}
            >
              Open next: <bdi>{next.name}</bdi>
            </LinkButton>
          ) : null
        }
        lede={`${count(synced)} of ${counted(institutions.length, "institution")} synced in the last 24 hours.`}
      >
        {sentence(queue)}
      </Title>
      {mail.waiting > 0 ? <MailsWait {...mail} /> : null}
      {institutions.length === 0 ? (
        <Empty title="Make the first institution">
          <code>npm run -s rollcall -- institution create --slug … --name … --zone … --owner …</code>
        </Empty>
      ) : (
        <>
          <QueueFilters address={address} queue={queue} />
          {shown.length === 0 ? (
            <p className="lede">
              {queue.length === 0 ? "Nobody waits for us." : "Nothing in the queue fits this filter."}{" "}
              <Link href="/vendor/institutions">See all {counted(institutions.length, "institution")}</Link>
            </p>
          ) : (
            <QueueTable institutions={shown} me={account.id} />
          )}
        </>
      )}
      <p className="small soft section">Approvals are opened one by one; there is no bulk approve.</p>
    </>
  );
}

/** By the weight of the reason, then by how long it lasts. */
function byUrgency(a: Institution, b: Institution): number {
  const rank = ({ blocked }: Institution): number => BLOCKED.findIndex(({ kind }) => kind === blocked?.kind);
  const since = ({ blocked }: Institution): number => blocked?.since.getTime() ?? 0;
  return rank(a) - rank(b) || since(a) - since(b) || a.name.localeCompare(b.name);
}

function sentence(queue: readonly Institution[]): string {
  const of = (kind: string): number => queue.filter((one) => one.blocked?.kind === kind).length;
  const [waiting, held, rest] = [of("waiting"), of("held"), of("failing") + of("stalled")];
  const first =
    waiting === 0
      ? "Nobody waits on us for Production"
      : `${waiting === 1 ? "One institution waits" : `${count(waiting)} institutions wait`} on us for Production`;
  if (held > 0) return `${first}; ${count(held)} ${held === 1 ? "is" : "are"} held.`;
  return rest === 0 ? `${first}, and nothing is held.` : `${first}; ${count(rest)} ${rest === 1 ? "needs" : "need"} a look.`;
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
