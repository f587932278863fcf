import { CircleCheck, CircleX, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "./icon";

const DRAWINGS = { info: Info, warning: TriangleAlert, bad: CircleX, ok: CircleCheck } as const;

/** A remark apart from the text. `role` makes it heard: `alert` for a failure, `status` for news. */
export function Note({ tone, role, children }: { tone: keyof typeof DRAWINGS; role?: "alert" | "status"; children: ReactNode }) {
  return (
    <div className={`note ${tone}`} role={role}>
      <span className="g">
        <Icon of={DRAWINGS[tone]} />
      </span>
      <div>{children}</div>
    </div>
  );
}
