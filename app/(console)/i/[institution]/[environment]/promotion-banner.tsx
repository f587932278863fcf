import Link from "next/link";
import { Note } from "@/app/_components/note";
import { OnDay, When } from "@/app/_components/when";
import type { Console } from "./_console";
import { ResumeButton } from "./resume-button";

/** What holds automatic commits back here: the vendor decides about Preview, or an undo paused Production. */
export function PromotionBanner({ here }: { here: Console }) {
  const { place, institution, environment, zone, can } = here;
  const promote = `/i/${place.institution}/promote`;
  if (place.environment === "preview" && institution.request !== null) {
    return (
      <section className="page-note" aria-label="Promotion">
        <Note tone="info">
          <p>
            <b>The vendor decides about promotion {institution.request.number}.</b> Until then Preview prepares plans and commits nothing by
            itself; a commit by hand ends the request.{" "}
            {institution.request.expiresAt ? (
              <>
                It expires on <OnDay at={institution.request.expiresAt} zone={zone} />.{" "}
              </>
            ) : null}
            <Link href={promote}>Where the request stands</Link>
          </p>
        </Note>
      </section>
    );
  }
  if (place.environment === "production" && environment.pausedAt !== null) {
    return (
      <section className="page-note" aria-label="Automatic runs">
        <Note tone="warning">
          <p>
            <b>
              Automatic runs are paused here since <When at={environment.pausedAt} zone={zone} />.
            </b>{" "}
            <bdi>{environment.pausedReason}</bdi>
          </p>
          {can("promotion:request") ? <ResumeButton institution={place.institution} /> : null}
        </Note>
      </section>
    );
  }
  return null;
}
