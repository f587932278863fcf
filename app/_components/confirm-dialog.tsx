"use client";

import type { ComponentProps, ReactNode } from "react";
import type { EnvironmentName } from "@/server/roster/run";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { failureText } from "./failure";
import { Note } from "./note";

interface ConfirmDialogProps {
  open: boolean;
  onClose: () => void;
  environment: EnvironmentName | null;
  title: ReactNode;
  /** What it means, and what is to be typed or ticked first. */
  children: ReactNode;
  confirm: {
    readonly word: string;
    readonly kind: "danger" | "go";
    /** False: something is to be said first, or it is under way. The button stays reachable and does nothing. */
    readonly isReady: boolean;
    /** The id of what says why it is not ready. */
    readonly because?: string | undefined;
    readonly onPress: () => void;
  };
  failure: unknown;
}

/** Asks before something is done that is not easily taken back: what it means, the way back, and the press that does it. */
export function ConfirmDialog({ open, onClose, environment, title, children, confirm, failure }: ConfirmDialogProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      environment={environment}
      title={title}
      footer={
        <>
          <Button data-first onClick={onClose}>
            Go back
          </Button>
          <Button
            kind={confirm.kind}
            aria-disabled={!confirm.isReady}
            aria-describedby={confirm.because}
            onClick={() => confirm.isReady && confirm.onPress()}
          >
            {confirm.word}
          </Button>
        </>
      }
    >
      {children}
      {failure ? (
        <Note tone="bad" role="alert">
          <p>{failureText(failure)}</p>
        </Note>
      ) : null}
    </Dialog>
  );
}

interface ConfirmFieldProps extends Omit<ComponentProps<"input">, "value" | "onChange" | "size"> {
  id: string;
  label: ReactNode;
  value: string;
  onChange: (value: string) => void;
  isShort?: boolean;
}

/** What is typed into such a question: a reason, or a word that is in nobody's fingers. */
export function ConfirmField({ id, label, value, onChange, isShort = false, ...rest }: ConfirmFieldProps) {
  return (
    <div className="field dialog-part">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={isShort ? "input sm" : "input"}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        {...rest}
      />
    </div>
  );
}
