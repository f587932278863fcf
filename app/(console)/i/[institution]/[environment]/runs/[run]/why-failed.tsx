import { LinkButton } from "@/app/_components/button";
import { HelpLink } from "@/app/_components/help-link";
import { InWords } from "@/app/_components/in-words";
import { Note } from "@/app/_components/note";
import type { Outputs } from "@/app/_trpc/outputs";
import { codeTitle } from "@/app/help/codes/code-title";

interface WhyFailedProps {
  base: string;
  run: Outputs["runs"]["get"];
  canSend: boolean;
}

/** Why a run came to nothing, what that leaves as it was, and what to do now. */
export function WhyFailed({ base, run, canSend }: WhyFailedProps) {
  const causes = run.issues.filter(({ severity }) => severity === "refusal");
  return (
    <div className="section">
      <Note tone="bad">
        <p>
          <b>{run.reason ?? "This run ended on its own, and it left no reason."}</b>
        </p>
        <p>The roster is as it was before.</p>
        {causes.length > 0 ? (
          <p>
            What it means and where to mend it in your SIS:{" "}
            {causes.map(({ code }, index) => (
              <span key={code}>
                {index > 0 ? ", " : ""}
                <HelpLink code={code}>
                  <InWords of={codeTitle(code)} />
                </HelpLink>
              </span>
            ))}
            .
          </p>
        ) : null}
        {canSend ? (
          <p className="row wrap note-go">
            <LinkButton kind="go" href={`${base}/upload`}>
              {causes.length > 0 ? "Send corrected files" : "Send the files again"}
            </LinkButton>
          </p>
        ) : null}
      </Note>
    </div>
  );
}
