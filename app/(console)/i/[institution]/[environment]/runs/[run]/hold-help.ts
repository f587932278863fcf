import { count, percent } from "@/app/_components/counting";
import { ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";

type Reason = NonNullable<Outputs["runs"]["get"]["verdict"]>["reasons"][number];

/** What a hold's figures say in words, and where to look in one's own system. */
export function holdHelp(reason: Reason, readsFiles: boolean): { found: string; cause: string } {
  return readsFiles ? ofFiles(reason) : ofStates(reason);
}

/** An undo and a promotion read no files: nothing in the SIS is to be mended. */
function ofStates(reason: Reason): { found: string; cause: string } {
  const what = reason.entity ? ENTITY_WORDS[reason.entity].many : "rows";
  const limit = reason.limit === null ? "" : ` The limit is ${percent(reason.limit / 100)}.`;
  return {
    found: `It changes ${count(reason.count)} of ${count(reason.of)} ${what} at once.${limit}`,
    cause: "No file is read for this, so nothing in your SIS has to be mended. Open the changes, and decide whether so many are meant.",
  };
}

function ofFiles(reason: Reason): { found: string; cause: string } {
  const what = reason.entity ? ENTITY_WORDS[reason.entity].many : "rows";
  const figures = `${count(reason.count)} of ${count(reason.of)} ${what}`;
  const limit = reason.limit === null ? "" : ` The limit is ${percent(reason.limit / 100)}.`;
  switch (reason.kind) {
    case "archive":
      return {
        found: `${figures} that this feed brought are in these files no more, and would be archived.${limit}`,
        cause:
          "Most often a school, a grade or a term was left out of the export, or its end-of-year process is not finished. Look in your SIS at the schools listed here, finish or widen the export, and send the files again.",
      };
    case "edit":
      return {
        found: `${figures} would be changed at once.${limit}`,
        cause:
          "At the turn of a school year that is right. Otherwise a column may have moved or an id may be exported in another form: open a few of the changes and compare old and new.",
      };
    case "empty":
      return {
        found: `There were ${what} before, and after this run there would be none.`,
        cause:
          "The file is probably empty or was exported for a year or school that holds nothing. Run the export again and look at the file before you send it.",
      };
    case "errors":
      return {
        found: `${figures}${reason.file ? ` of ${reason.file}` : ""} could not be read.${limit}`,
        cause: "Download the bad rows below: each carries its reason. Mend them in your SIS, export again and send the files.",
      };
    case "staleFile":
      return {
        found: `${reason.file ?? "These files"} were made before the ones that were committed last.`,
        cause: "An older export was probably sent by mistake. Export again and send the new files.",
      };
    default:
      return reason.kind satisfies never;
  }
}
