"use client";

import { type ReactNode, useEffect, useId, useRef } from "react";
import type { EnvironmentName } from "@/server/roster/run";
import { Env } from "./env";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  environment: EnvironmentName | null;
  title: ReactNode;
  children: ReactNode;
  /** The buttons; the one that goes back carries `data-first` and has the focus at first. */
  footer: ReactNode;
}

/**
 * A question that stands before everything else. The browser's own dialog keeps the focus inside and closes on Escape;
 * libraries that do the same write style elements, which the page's content policy refuses.
 */
export function Dialog({ open, onClose, environment, title, children, footer }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    if (open && !element.current?.open) {
      element.current?.showModal();
      element.current?.querySelector<HTMLElement>("[data-first]")?.focus();
    }
    if (!open && element.current?.open) element.current.close();
  }, [open]);
  return (
    <dialog ref={element} aria-labelledby={heading} onClose={onClose}>
      {open ? (
        <>
          {environment ? (
            <header>
              <Env name={environment} />
            </header>
          ) : null}
          <div className="pad">
            <h2 id={heading}>{title}</h2>
            {children}
          </div>
          <footer>{footer}</footer>
        </>
      ) : null}
    </dialog>
  );
}
