"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";

/** How the mail reads to an invented person. */
export function WelcomePreview({ institution, subject, body }: { institution: string; subject: string; body: string }) {
  const trpc = useTRPC();
  const words = useDeferredValue(`${subject}\u0000${body}`);
  const [shownSubject = "", shownBody = ""] = words.split("\u0000");
  const { data } = useQuery(
    trpc.welcome.preview.queryOptions(
      { institution, subject: shownSubject, body: shownBody },
      { placeholderData: keepPreviousData, gcTime: 0 },
    ),
  );
  return (
    <section className="sheet" aria-labelledby="welcome-preview">
      <div className="pad stack">
        <h3 id="welcome-preview">To Ada Example, who is invented</h3>
        {data?.faults.map((fault) => (
          <Note key={fault} tone="warning" role="status">
            <p>{fault}</p>
          </Note>
        ))}
        <p>
          <b>
            <bdi dir="auto">{data?.subject ?? "…"}</bdi>
          </b>
        </p>
        <p className="mail-words" dir="auto">
          {data?.lines.join("\n") ?? "…"}
        </p>
      </div>
    </section>
  );
}
