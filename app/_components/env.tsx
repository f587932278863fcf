import type { EnvironmentName } from "@/server/roster/run";

/** The name of an environment with its diamond: open for Preview, filled for Production. The word is always printed. */
export function Env({ name, more = "" }: { name: EnvironmentName; more?: string }) {
  return (
    <span className="env" data-env={name}>
      {environmentWord(name)}
      {more}
    </span>
  );
}

export const environmentWord = (name: EnvironmentName): string => (name === "preview" ? "Preview" : "Production");
