import { COUNTED, type Counted, EXPECTED_COUNTS, type ExpectedCounts } from "./demo-expected";

/** One run of the demo: what the system counted, and what the second reading says. */
export interface PlayedRun {
  readonly number: number;
  readonly title: string;
  readonly counted: Record<Counted, ExpectedCounts>;
  readonly expected: Record<Counted, ExpectedCounts>;
}

/** Prints the table of a run; a number that differs stands beside the expected one. Returns how many differ. */
export function printRun(run: PlayedRun): number {
  console.log(`\nRun ${run.number}: ${run.title}`);
  console.log(`${"".padEnd(18)}${EXPECTED_COUNTS.map((name) => name.padStart(14)).join("")}`);
  let wrong = 0;
  for (const entity of COUNTED) {
    const cells = EXPECTED_COUNTS.map((name) => {
      const [is, wanted] = [run.counted[entity][name], run.expected[entity][name]];
      if (is !== wanted) wrong += 1;
      return (is === wanted ? String(is) : `${is}, not ${wanted}!`).padStart(14);
    });
    console.log(`${entity.padEnd(18)}${cells.join("")}`);
  }
  return wrong;
}

/** Prints what is active now, beside the second reading where it differs. Returns how many differ. */
export function printRoster(is: Readonly<Record<string, number>>, wanted: Readonly<Record<string, number>>): number {
  const wrong = Object.keys(wanted).filter((name) => is[name] !== wanted[name]);
  const words = Object.keys(wanted).map((name) => `${is[name]} ${name}${wrong.includes(name) ? ` (not ${wanted[name]}!)` : ""}`);
  console.log(`\nIn Preview now: ${words.join(", ")}`);
  return wrong.length;
}

export function printMail(mail: { recipient: string; subject: string; text: string }): void {
  console.log(`\nThe e-mail that went out\n  To: ${mail.recipient}\n  Subject: ${mail.subject}\n`);
  console.log(
    mail.text
      .trim()
      .split("\n")
      .map((line) => `  ${line}`)
      .join("\n"),
  );
}
