import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { lasting } from "@/app/_components/clock";
import { counted } from "@/app/_components/counting";
import { Note } from "@/app/_components/note";
import { Crumbs, Facts, Title } from "@/app/_components/page-head";
import { PromotionChecks } from "@/app/_components/promotion-checks";
import { PromotionDiscussion } from "@/app/_components/promotion-discussion";
import { STATE_WORDS, shortDigest } from "@/app/_components/promotion-words";
import { Section } from "@/app/_components/section";
import { OnDay, When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";
import { ApprovalComment } from "./approval-comment";
import { DecisionBar } from "./decision-bar";
import { Difference } from "./difference";
import { DriftTable } from "./drift-table";
import { Samples } from "./samples";

interface ApprovalProps {
  params: Promise<{ id: string }>;
}

const approvalOf = cache(async (id: string) => {
  if (!z.uuid().safeParse(id).success) notFound();
  return asked((await api()).vendor.approvals.get({ promotion: id }));
});

export async function generateMetadata({ params }: ApprovalProps): Promise<Metadata> {
  const { institution, promotion } = await approvalOf((await params).id);
  return { title: `Promotion ${promotion.number} of ${institution.name}` };
}

/** One promotion for whoever decides: the difference to Production, the drift, what was checked, what was said. */
export default async function ApprovalPage({ params }: ApprovalProps) {
  const approval = await approvalOf((await params).id);
  const { institution, promotion, drift } = approval;
  const zone = institution.timeZone;
  const isWaiting = promotion.state === "requested";
  return (
    <div data-env="production">
      <Crumbs up={[{ href: "/vendor/approvals", word: "Approvals" }]} here={`${institution.name}, promotion ${promotion.number}`} />
      <Title
        beside={
          <span className="state">
            {isWaiting && promotion.requested
              ? `Waiting on us, ${lasting(Date.now() - promotion.requested.at.getTime())}`
              : STATE_WORDS[promotion.state]}
          </span>
        }
      >
        {isWaiting ? (
          <>
            Should <bdi>{institution.name}</bdi> go live with this roster?
          </>
        ) : (
          <>
            Promotion {promotion.number} of <bdi>{institution.name}</bdi>
          </>
        )}
      </Title>
      <Facts
        of={[
          [
            "Confirmed by",
            promotion.confirmed ? (
              <span key="confirmed">
                <bdi>{promotion.confirmed.name}</bdi>, <When at={promotion.confirmed.at} zone={zone} />
              </span>
            ) : null,
          ],
          ["Asked by", promotion.requested ? <bdi key="asked">{promotion.requested.name}</bdi> : null],
          ["Decided by", promotion.decided ? <bdi key="decided">{promotion.decided.name}</bdi> : null],
          ["Round", String(promotion.round)],
          [
            "Snapshot",
            promotion.snapshotSeq === null ? null : (
              <span key="snapshot">
                Preview commit {promotion.snapshotSeq}
                {promotion.snapshotDigest ? (
                  <>
                    , <code>{shortDigest(promotion.snapshotDigest)}</code>
                  </>
                ) : null}
                {isWaiting ? (promotion.isStale ? ", Preview has moved since" : ", unchanged since") : ""}
              </span>
            ),
          ],
          ["Expires", isWaiting && promotion.expiresAt ? <OnDay key="expires" at={promotion.expiresAt} zone={zone} /> : null],
        ]}
      />
      {isWaiting ? (
        <Note tone="info">
          <p>While this waits, their Preview prepares plans and commits nothing by itself.</p>
        </Note>
      ) : null}
      <div className="cols section appr">
        <div>
          <Difference approval={approval} />
          {promotion.difference && promotion.state !== "draft" ? <Samples approval={approval} /> : null}
          {isWaiting ? <DriftTable approval={approval} /> : null}
          <Section id="discussion" title="Discussion">
            <PromotionDiscussion notes={promotion.notes} zone={zone} />
            {approval.may.decide || promotion.state !== "requested" ? <ApprovalComment promotion={approval.id} /> : null}
          </Section>
        </div>
        <div>
          <section className="sheet" aria-labelledby="checklist">
            <div className="pad">
              <h2 id="checklist">Checklist</h2>
              {promotion.checks ? (
                <PromotionChecks checks={promotion.checks} isStale={promotion.isStale} held={drift?.held ? drift.run : null} />
              ) : (
                <p className="soft">The snapshot is being checked; this page shows it in a moment.</p>
              )}
            </div>
            {isWaiting ? (
              <div className="pad small">
                <h3>{approval.may.decide ? "You may decide" : "You may not decide"}</h3>
                <p className="soft">{approval.may.whyNot ?? "You neither asked for this nor confirmed it."}</p>
              </div>
            ) : null}
            <div className="pad small">
              <h3>If it goes wrong</h3>
              <p className="soft">
                The institution rolls back to the state before, with a reason.{" "}
                {approval.productionSeq === 0 ? "For a first go-live that is an empty Production; records stay, archived." : ""} Automatic
                runs pause then.
              </p>
            </div>
          </section>
        </div>
      </div>
      {isWaiting ? <DecisionBar key={`${promotion.round} ${drift?.selectionVersion ?? ""}`} approval={approval} /> : null}
      {promotion.state === "approved" || promotion.state === "applying" ? (
        <p className="small soft" role="status">
          {counted(promotion.round, "round")}; Production is being made now.
        </p>
      ) : null}
    </div>
  );
}
