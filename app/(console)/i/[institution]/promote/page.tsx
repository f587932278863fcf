import type { Metadata } from "next";
import Link from "next/link";
import { Env } from "@/app/_components/env";
import { Note } from "@/app/_components/note";
import { Title } from "@/app/_components/page-head";
import { PromotionChecks } from "@/app/_components/promotion-checks";
import { PromotionDiscussion } from "@/app/_components/promotion-discussion";
import { shortDigest } from "@/app/_components/promotion-words";
import { Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { inWords } from "@/server/roster/labels";
import { consoleOf } from "../[environment]/_console";
import { headline } from "./headline";
import { LivePanel } from "./live-panel";
import { PromoteComment } from "./promote-comment";
import { RequestBar } from "./request-bar";
import { WatchPromotion } from "./watch-promotion";
import { WouldReceive } from "./would-receive";

export const metadata: Metadata = { title: "Promote" };

type Page = Outputs["promotions"]["get"];

/** The way to Production: what it would receive, what was checked, where the request stands, and the one next step. */
export default async function PromotePage({ params }: { params: Promise<{ institution: string }> }) {
  const { institution: slug } = await params;
  const here = await consoleOf(Promise.resolve({ institution: slug, environment: "preview" }));
  const page = await asked((await api()).promotions.get({ institution: slug }));
  const { promotion, preview } = page;
  const { title, lede } = headline(page, here.institution.name);
  const isFrozen = promotion !== null && promotion.snapshotSeq !== null && promotion.state !== "draft";
  return (
    <>
      <main id="main" className="main">
        <Title lede={lede}>{title}</Title>
        {promotion !== null ? <WatchPromotion promotion={promotion} /> : null}
        <VendorSaid promotion={promotion} />
        <Paused page={page} slug={slug} />
        <Flow page={page} zone={here.zone} isFrozen={isFrozen} />
        <LivePanel institution={slug} name={here.institution.name} page={page} />
        <div className="cols even section">
          <div>
            <WouldReceive page={page} isFrozen={isFrozen} />
            <Section id="stands" title="Where the request stands">
              {promotion === null || promotion.notes.length === 0 ? (
                <p className="soft">Nothing was confirmed or asked yet.</p>
              ) : (
                <PromotionDiscussion notes={promotion.notes} zone={here.zone} />
              )}
              {page.canRequest ? <PromoteComment institution={slug} /> : null}
            </Section>
          </div>
          <div>
            {promotion?.checks && isFrozen ? (
              <section aria-labelledby="checked" className="sheet">
                <div className="pad">
                  <h2 id="checked">Checked by the system</h2>
                  <PromotionChecks checks={promotion.checks} isStale={promotion.isStale} held={page.drift?.held ? page.drift.run : null} />
                </div>
              </section>
            ) : (
              <section aria-labelledby="checked" className="sheet">
                <div className="pad">
                  <h2 id="checked">Checked by the system</h2>
                  <p className="soft">
                    {isFrozen
                      ? "The snapshot is being compared with Production and checked. This page shows it in a moment."
                      : inWords(
                          "Once you confirm a commit of Preview, sign-in ids, shared e-mails, schools without teachers and open holds are looked for here.",
                          here.words,
                        )}
                  </p>
                </div>
              </section>
            )}
            <Drift page={page} base={here.base} />
          </div>
        </div>
      </main>
      {page.canRequest && preview.headSeq > 0 ? <RequestBar institution={slug} page={page} /> : null}
    </>
  );
}

/** Why the vendor did not approve, in their words, where the next step begins. */
function VendorSaid({ promotion }: { promotion: Page["promotion"] }) {
  if (promotion?.state !== "changesAsked" && promotion?.state !== "rejected") return null;
  const said = promotion.notes.findLast(({ side, state, text }) => side === "staff" && state === promotion.state && text !== null);
  if (said === undefined) return null;
  return (
    <Note tone="warning">
      <p>
        <b>
          <bdi>{said.name ?? "The vendor"}</bdi>:
        </b>{" "}
        <q dir="auto">{said.text}</q>
      </p>
    </Note>
  );
}

function Flow({ page, zone, isFrozen }: { page: Page; zone: string; isFrozen: boolean }) {
  const { promotion, preview, production } = page;
  const seq = isFrozen ? promotion?.snapshotSeq : preview.headSeq;
  return (
    <section className="flow" aria-label="What is promoted">
      <div>
        <Env name="preview" />
        <b>{seq ? `Commit ${seq}${isFrozen ? ", frozen" : ""}` : "Nothing is committed yet"}</b>
        <span className="sub">
          {isFrozen && promotion?.confirmed ? (
            <When at={promotion.confirmed.at} zone={zone} />
          ) : preview.committedAt ? (
            <When at={preview.committedAt} zone={zone} />
          ) : null}
          {isFrozen && promotion?.snapshotDigest ? (
            <>
              , <code>{shortDigest(promotion.snapshotDigest)}</code>
            </>
          ) : null}
        </span>
      </div>
      <div className="arrow" aria-hidden="true">
        →
      </div>
      <div className="prod">
        <Env name="production" />
        <b>{production.headSeq === 0 ? "Empty until now" : `Commit ${production.headSeq}`}</b>
        <span className="sub">
          {production.committedAt ? (
            <>
              Last changed <When at={production.committedAt} zone={zone} />
            </>
          ) : (
            "First go-live"
          )}
        </span>
      </div>
    </section>
  );
}

/** What waits in Preview goes along only if the approver has seen exactly it. */
function Drift({ page, base }: { page: Page; base: string }) {
  const { drift, promotion } = page;
  if (drift === null || drift.total === 0 || promotion?.state === "live" || promotion?.state === "confirmedLive") return null;
  return (
    <Note tone={drift.held ? "warning" : "info"}>
      <p>
        <b>
          <Link href={`${base}/runs/${drift.run}`}>Run {drift.run}</Link> waits in Preview
        </b>{" "}
        with {drift.total === 1 ? "one change" : `${drift.total} changes`} against this snapshot.{" "}
        {promotion?.state === "requested"
          ? "It is prepared and not committed while the vendor decides; the approver sees it as drift."
          : "If it belongs to what shall go live, commit it before you confirm."}
      </p>
    </Note>
  );
}

function Paused({ page, slug }: { page: Page; slug: string }) {
  if (page.production.pausedAt === null) return null;
  return (
    <Note tone="warning">
      <p>
        <b>Automatic runs are paused in Production.</b> {page.production.pausedReason}{" "}
        <Link href={`/i/${slug}/production`}>Look at Production</Link>
      </p>
    </Note>
  );
}
