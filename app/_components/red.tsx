import type { ComponentProps } from "react";
import { Button } from "./button";
import { CheckList } from "./check-list";

/** Files that a test stopped: what is wrong with them, and the way to send corrected ones. */
export function Red({ lines, onOther }: { lines: ComponentProps<typeof CheckList>["lines"]; onOther: () => void }) {
  return (
    <div className="stack red-test">
      <CheckList lines={lines} />
      <p>
        <Button kind="go" onClick={onOther}>
          Send corrected files
        </Button>
      </p>
    </div>
  );
}
