import type { Outputs } from "@/app/_trpc/outputs";
import { codeTitle } from "@/app/help/codes/code-title";
import { ProgressBar } from "./bars";
import { Button, LinkButton } from "./button";
import { size } from "./counting";
import { HelpLink } from "./help-link";
import { InWords } from "./in-words";
import { Note } from "./note";
import { Op } from "./op";
import type { FileOnItsWay } from "./send-delivery";
import { When } from "./when";

interface SameAs {
  run: number;
  at: Date;
  note: string | null;
}

/** Where a delivery is on its way. */
export type SendState =
  | { step: "idle" | "checking" | "starting" | "cancelled" }
  | { step: "sending"; files: readonly FileOnItsWay[] }
  | { step: "same"; sameAs: SameAs; feedId: number; delivery: string }
  | { step: "refused"; issues: Outputs["deliveries"]["finish"]["issues"] }
  | { step: "failed"; text: string };

/** Files on their way: how many bytes have left, per file and together, and the way to stop. */
export function Sending({ state, onCancel }: { state: SendState; onCancel: () => void }) {
  if (state.step !== "sending") {
    return (
      <div className="sheet">
        <div className="pad" role="status">
          <p>
            <b>{state.step === "checking" ? "All files have arrived; opening them…" : "Starting the run…"}</b>
          </p>
          <p className="small soft">Columns that are not roster data are emptied before anything is kept.</p>
        </div>
      </div>
    );
  }
  const bytes = state.files.reduce((sum, file) => sum + file.bytes, 0);
  const sent = state.files.reduce((sum, file) => sum + Math.min(file.sent, file.bytes), 0);
  return (
    <div className="sheet">
      <div className="pad stack">
        <div className="row wrap">
          <p>
            <b>
              Sending: {size(sent)} of {size(bytes)}
            </b>
          </p>
          <Button className="push" onClick={onCancel}>
            Cancel
          </Button>
        </div>
        <ProgressBar label="Sent of all files" value={sent} of={bytes} />
        <ul className="checks">
          {state.files.map((file) => (
            <li key={file.name} className={file.sent === 0 ? "todo" : undefined}>
              <Op kind={file.sent >= file.bytes ? "ok" : file.sent > 0 ? "env-op" : "wait"} />
              <bdi>{file.name}</bdi>
              <span className="val">
                {size(Math.min(file.sent, file.bytes))} of {size(file.bytes)}
              </span>
            </li>
          ))}
        </ul>
        <p className="small soft">
          Keep this page open until the files have arrived. Cancel throws away what has arrived; nothing is changed.
        </p>
      </div>
    </div>
  );
}

interface SameAgainProps {
  sameAs: SameAs;
  base: string;
  zone: string;
  onPrepare: () => void;
  onOther: () => void;
}

/** The same bytes came before: say so, and leave the choice. */
export function SameAgain({ sameAs, base, zone, onPrepare, onOther }: SameAgainProps) {
  return (
    <div className="stack send-files">
      <Note tone="warning" role="status">
        <p>
          <b>This is the same content again.</b> The same files came with run {sameAs.run}, <When at={sameAs.at} zone={zone} />.{" "}
          {sameAs.note ?? "Preparing them once more would most likely change nothing."}
        </p>
      </Note>
      <div className="row wrap">
        <LinkButton kind="go" href={`${base}/runs/${sameAs.run}`}>
          Open run {sameAs.run}
        </LinkButton>
        <Button onClick={onPrepare}>Prepare it once more</Button>
        <Button kind="quiet" onClick={onOther}>
          Send other files
        </Button>
      </div>
    </div>
  );
}

interface RefusedProps {
  issues: Outputs["deliveries"]["finish"]["issues"];
  onOther: () => void;
}

/** What arrived could not be opened: why, and how to mend it. */
export function Refused({ issues, onOther }: RefusedProps) {
  return (
    <div className="stack send-files">
      <Note tone="bad" role="alert">
        <p>
          <b>These files cannot be read, so nothing was kept and nothing was changed.</b>
        </p>
        <ul className="stack refused-list">
          {issues.map((issue) => (
            <li key={`${issue.code} ${issue.at}`}>
              <b>
                <InWords of={codeTitle(issue.code)} />.
              </b>{" "}
              <InWords of={issue.detail} /> <code>{issue.at}</code> <HelpLink code={issue.code}>What it means and how to mend it</HelpLink>
            </li>
          ))}
        </ul>
      </Note>
      <p>
        <Button kind="go" onClick={onOther}>
          Send other files
        </Button>
      </p>
    </div>
  );
}
