/**
 * What the help page of one finding says, written for a registrar.
 * `severity`: refusal stops the whole delivery, error drops one row (which still counts as present), warning keeps going.
 * `grouped`: a repair that tends to hit every row is reported once per column, with its first place and a count.
 */
export interface CodeHelp {
  readonly severity: "refusal" | "error" | "warning";
  readonly title: string;
  readonly meaning: string;
  readonly fix: string;
  readonly example?: string;
  readonly grouped?: true;
}
