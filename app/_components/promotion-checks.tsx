import type { Outputs } from "@/app/_trpc/outputs";
import { count, counted } from "./counting";
import { InWords } from "./in-words";
import { Op } from "./op";

type Checks = NonNullable<NonNullable<Outputs["promotions"]["get"]["promotion"]>["checks"]>;

interface PromotionChecksProps {
  checks: Checks;
  isStale: boolean;
  /** The run whose plan is held in Preview. */
  held: number | null;
}

/** What was looked for in the snapshot, each line with what it means when it is not so. */
export function PromotionChecks({ checks, isStale, held }: PromotionChecksProps) {
  const lines: readonly { ok: boolean; says: string; sub?: string }[] = [
    isStale
      ? { ok: false, says: "Preview has moved since this snapshot", sub: "It has to be confirmed again." }
      : { ok: true, says: "Snapshot is the newest commit in Preview" },
    checks.withoutSignIn === 0
      ? { ok: true, says: `Sign-in id on all ${counted(checks.people, "person", "people")}` }
      : {
          ok: false,
          says: `Sign-in id on ${count(checks.people - checks.withoutSignIn)} of ${counted(checks.people, "person", "people")}`,
          sub: "The others have no user name, e-mail or identifier.",
        },
    checks.sharedEmails === 0
      ? { ok: true, says: "E-mails are unique" }
      : {
          ok: false,
          says: `${counted(checks.sharedEmails, "e-mail")} shared by several people`,
          sub: "Sign-in by e-mail cannot tell them apart.",
        },
    checks.schoolsWithoutTeachers === 0
      ? { ok: true, says: "Every school has teachers" }
      : { ok: false, says: `${counted(checks.schoolsWithoutTeachers, "school")} without teachers` },
    ...(checks.teachersWithoutEmail === 0
      ? []
      : [
          {
            ok: false,
            says: `${counted(checks.teachersWithoutEmail, "teacher")} without e-mail`,
            sub: "They hear of nothing by mail until one is added.",
          },
        ]),
    held === null
      ? { ok: true, says: "No hold is open" }
      : { ok: false, says: `Run ${held} is held in Preview`, sub: "What it would change does not go along by itself." },
  ];
  return (
    <ol className="checks">
      {lines.map(({ ok, says, sub }) => (
        <li key={says}>
          <Op kind={ok ? "ok" : "warning"} />
          <span>
            <InWords of={says} />
            <span className="vh">{ok ? ", right" : ", look at it"}</span>
            {sub ? <span className="sub small">{sub}</span> : null}
          </span>
        </li>
      ))}
    </ol>
  );
}
