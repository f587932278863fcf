"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";

/** Name, address, institution and its zone, which the browser guesses. */
export function AskToSignUp({ zones }: { zones: readonly string[] }) {
  const trpc = useTRPC();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [institution, setInstitution] = useState("");
  const [timeZone, setTimeZone] = useState("UTC");
  useEffect(() => {
    const guessed = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zones.includes(guessed)) setTimeZone(guessed);
  }, [zones]);
  const request = useMutation(trpc.signUp.request.mutationOptions());
  if (request.isSuccess) {
    return (
      <div className="stack sign-up-form">
        <Note tone="ok" role="status">
          <p>
            <b>Look in your mail.</b> A message is on its way to <bdi>{request.variables.email}</bdi>. Press the link in it; it works once
            and for an hour.
          </p>
        </Note>
        <p>
          <Button kind="quiet" onClick={() => request.reset()}>
            Send another mail
          </Button>
        </p>
      </div>
    );
  }
  return (
    <form
      className="stack sign-up-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!request.isPending) request.mutate({ name, email, institution, timeZone });
      }}
    >
      <div className="field">
        <label htmlFor="name">Your name</label>
        <input
          id="name"
          className="input"
          name="name"
          autoComplete="name"
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          dir="auto"
        />
      </div>
      <div className="field">
        <label htmlFor="email">Work e-mail</label>
        <input
          id="email"
          className="input"
          type="email"
          name="email"
          autoComplete="email"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
      </div>
      <div className="field">
        <label htmlFor="institution">Institution</label>
        <input
          id="institution"
          className="input"
          name="organization"
          autoComplete="organization"
          required
          maxLength={200}
          value={institution}
          onChange={(event) => setInstitution(event.currentTarget.value)}
          dir="auto"
        />
      </div>
      <div className="field">
        <label htmlFor="zone">Time zone of the institution</label>
        <select id="zone" className="input" name="zone" value={timeZone} onChange={(event) => setTimeZone(event.currentTarget.value)}>
          {zones.includes("UTC") ? null : <option value="UTC">UTC</option>}
          {zones.map((zone) => (
            <option key={zone} value={zone}>
              {zone.replaceAll("_", " ")}
            </option>
          ))}
        </select>
      </div>
      {request.error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(request.error)}</p>
        </Note>
      ) : null}
      <p>
        <Button type="submit" kind="go" aria-disabled={request.isPending}>
          {request.isPending ? "Sending…" : "Create institution"}
        </Button>
      </p>
    </form>
  );
}
