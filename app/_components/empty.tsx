import type { ReactNode } from "react";

/** Where nothing is yet: one sentence of what would be here, and one way on. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="sheet empty">
      <div className="pad">
        <h2>{title}</h2>
        {children ? <p className="soft">{children}</p> : null}
        {action ? <p className="row wrap empty-action">{action}</p> : null}
      </div>
    </div>
  );
}
