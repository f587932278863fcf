import { useId } from "react";
import type { Outputs } from "@/app/_trpc/outputs";
import { counted } from "./counting";
import { HelpLink } from "./help-link";
import { Op } from "./op";

type Line = Outputs["onboarding"]["check"]["lines"][number];

/** The lines of a test: what is right in one line each, what is not with its cause and what to do. */
export function CheckList({ lines }: { lines: readonly Line[] }) {
  const heading = useId();
  const good = lines.filter(({ outcome }) => outcome !== "fail").length;
  return (
    <section aria-labelledby={heading} className="sheet">
      <div className="pad">
        <header className="row">
          <h2 id={heading}>Connection test</h2>
          <span className="small muted push">
            {good} of {counted(lines.length, "file")}
          </span>
        </header>
        <ol className="checks" aria-live="polite">
          {lines.map((line) => (
            <li key={line.label} className={line.outcome === "fail" ? "fail" : undefined}>
              <Op kind={MARKS[line.outcome]} />
              <span>
                <bdi>{line.label}</bdi>
                <span className="vh">, {WORDS[line.outcome]}</span>
              </span>
              <span className="val">{line.seen}</span>
              {line.cause ? (
                <div className="more small">
                  <p>
                    <b>Cause:</b> {line.cause}
                  </p>
                  {line.fix ? (
                    <p>
                      <b>Fix:</b> {line.fix} {line.code ? <HelpLink code={line.code}>More about it</HelpLink> : null}
                    </p>
                  ) : null}
                </div>
              ) : null}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

const MARKS = { ok: "ok", warning: "warning", fail: "bad" } as const;
const WORDS = { ok: "right", warning: "right, with a remark", fail: "cannot be read" } as const;
