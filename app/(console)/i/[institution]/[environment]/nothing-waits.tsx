import { LinkButton } from "@/app/_components/button";
import { Env } from "@/app/_components/env";
import type { Console } from "./_console";

/** Production between two plans: what it would take to send what was reviewed in Preview. */
export function NothingWaits({ here }: { here: Console }) {
  return (
    <section className="section sheet" aria-labelledby="nothing-waits">
      <div className="pad row wrap">
        <div>
          <h2 id="nothing-waits">Nothing waits in Production</h2>
          <p className="small soft">To send settings that you tried in Preview, confirm it and ask for approval.</p>
        </div>
        <LinkButton className="push" href={`/i/${here.place.institution}/promote`}>
          Compare with <Env name="preview" />
        </LinkButton>
      </div>
    </section>
  );
}
