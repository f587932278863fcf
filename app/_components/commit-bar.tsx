import type { ReactNode } from "react";
import type { EnvironmentName } from "@/server/roster/run";
import { Env } from "./env";

interface CommitBarProps {
  environment: EnvironmentName;
  /** What the button would do, or why nothing will be written. */
  says: ReactNode;
  sub?: ReactNode;
  children?: ReactNode;
}

/** Stands at the foot of a page with a plan: where, how much, what is left out, and the button. */
export function CommitBar({ environment, says, sub, children }: CommitBarProps) {
  return (
    <section className="commit" aria-label="Commit">
      <div className="what">
        <p>
          <Env name={environment} /> &nbsp;{says}
        </p>
        {sub ? <p className="sub">{sub}</p> : null}
      </div>
      {children}
    </section>
  );
}
