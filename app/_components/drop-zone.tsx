"use client";

import { FolderUp } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { Button } from "./button";
import { Icon } from "./icon";
import { Note } from "./note";

interface DropZoneProps {
  onFiles: (files: readonly File[]) => void;
  said: { tone: "bad" | "info"; text: string } | null;
  /** In the words of the source: what its files are, and which ones those may be. */
  words?: { files: string; accepts: string };
}

/** Where files are dropped, or chosen with a button: dragging is never the only way. */
export function DropZone({ onFiles, said, words = USUAL }: DropZoneProps) {
  const [isOver, setIsOver] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const chooser = useRef<HTMLInputElement>(null);

  function take(list: FileList | null) {
    const files = [...(list ?? [])];
    if (files.length === 0) return;
    const problem = problemOf(files);
    setWrong(problem);
    if (problem === null) onFiles(files);
  }
  function onDrop(event: DragEvent) {
    event.preventDefault();
    setIsOver(false);
    take(event.dataTransfer.files);
  }

  return (
    <section
      className={isOver ? "drop-zone over" : "drop-zone"}
      aria-label="Send files"
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={onDrop}
    >
      <Icon of={FolderUp} />
      <p>
        <b>Drop {words.files}, here.</b>
      </p>
      <p className="small soft">{words.accepts} Up to 1 GB a file. Sending and preparing writes nothing that anyone reads.</p>
      <p>
        <Button kind="go" onClick={() => chooser.current?.click()}>
          Choose files…
        </Button>
        <input
          ref={chooser}
          className="vh"
          type="file"
          name="files"
          tabIndex={-1}
          aria-label="Files to send"
          multiple
          accept=".zip,.csv,.CSV,.ZIP,application/zip,text/csv"
          onChange={(event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
      </p>
      {(wrong ?? said) ? (
        <Note tone={wrong ? "bad" : (said?.tone ?? "info")} role={wrong || said?.tone === "bad" ? "alert" : "status"}>
          <p>{wrong ?? said?.text}</p>
        </Note>
      ) : null}
    </section>
  );
}

const USUAL = { files: "one zip, or all the CSV files together", accepts: "OneRoster 1.1 or 1.2." };

/** What can be told at once, before a byte is sent; all else is the server's to find. */
function problemOf(files: readonly File[]): string | null {
  const zips = files.filter((file) => file.name.toLowerCase().endsWith(".zip"));
  const strange = files.find((file) => !/\.(zip|csv)$/i.test(file.name));
  if (strange) return `${strange.name} is neither a zip nor a CSV file. Send the files as your SIS exported them.`;
  if (zips.length > 1) return "Send one zip at a time: each is a delivery of its own.";
  if (zips.length === 1 && files.length > 1) return "Send either one zip or loose CSV files, not both together.";
  const large = files.find((file) => file.size > 1_073_741_824);
  if (large) return `${large.name} is larger than 1 GB, which is the most that one file may have.`;
  const empty = files.find((file) => file.size === 0);
  if (empty && files.length === 1) return `${empty.name} is empty.`;
  return null;
}
