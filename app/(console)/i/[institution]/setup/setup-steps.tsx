import Link from "next/link";
import { InWords } from "@/app/_components/in-words";
import { Op } from "@/app/_components/op";
import type { Outputs } from "@/app/_trpc/outputs";
import type { SetupHere } from "./_setup";
import { HandOffDialog } from "./hand-off-dialog";

type Line = Outputs["onboarding"]["get"]["lines"][number];

const TITLES: Record<Line["step"], string> = {
  source: "Choose source",
  connect: "Connect and test",
  map: "Match schools and columns",
  preview: "First plan for Preview",
  commit: "Look it over, commit",
  confirm: "Confirm for Production",
};

/** What was done and what is due, at the side; a small screen shows the step that is due. */
export function SetupSteps({ here }: { here: SetupHere }) {
  const { setup, place, can } = here;
  const done = setup.lines.filter(({ state }) => state === "done").length;
  const open = setup.feeds.filter(({ delivery }) => delivery === null).at(-1) ?? setup.feeds.at(-1);
  return (
    <nav aria-label="Set-up" className="steps-nav">
      <h2>
        Set-up, {done} of {setup.lines.length} done
      </h2>
      <ol className="steps">
        {setup.lines.map((line, index) => (
          <li key={line.step} aria-current={line.step === setup.due ? "step" : undefined}>
            <Mark line={line} n={index + 1} isDue={line.step === setup.due} />
            <span>
              <StepTitle here={here} line={line} />
              {line.text === null ? null : (
                <span className="sub">
                  <bdi>{line.text}</bdi>
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
      {can("feed:manage") ? (
        <div className="steps-foot">
          <p className="small soft">Saved as you go. Leave and come back{open === undefined ? "." : ", or"}</p>
          {open === undefined ? null : <HandOffDialog institution={place.institution} feed={{ id: open.id, label: open.label }} />}
        </div>
      ) : null}
    </nav>
  );
}

function Mark({ line, n, isDue }: { line: Line; n: number; isDue: boolean }) {
  if (line.state === "done") return <Op kind="ok" />;
  return (
    <span className={isDue ? "op env-op" : "op wait"}>
      <i>
        <b className="step-n">{n}</b>
      </i>
    </span>
  );
}

/** A step that can be opened now is a link. */
function StepTitle({ here, line }: { here: SetupHere; line: Line }) {
  const href = hrefOf(here, line);
  return href === null ? (
    <InWords of={TITLES[line.step]} />
  ) : (
    <Link href={href}>
      <InWords of={TITLES[line.step]} />
    </Link>
  );
}

function hrefOf({ home, base, setup, place }: SetupHere, line: Line): string | null {
  switch (line.step) {
    case "source":
      return `${home}/source`;
    case "connect":
      return setup.feeds.length === 0 ? null : `${home}/connect`;
    case "map":
      return setup.feeds.some(({ delivery }) => delivery !== null) ? `${home}/map` : null;
    case "preview":
    case "commit":
      return setup.run === null ? null : `${base}/runs/${setup.run.number}`;
    case "confirm":
      return setup.isCommitted ? `/i/${place.institution}/promote` : null;
    default:
      return line.step satisfies never;
  }
}
