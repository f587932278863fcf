"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC } from "@/app/_trpc/provider";
import { Button } from "./button";
import { failureText } from "./failure";

interface ViewBannerProps {
  /** Where this staff session looks, or null; and the institution of the page. */
  viewing: { institution: string; name: string; expiresAt: Date } | null;
  institution: string;
}

/** Says to somebody of the vendor that they only look, as whom, and for how long yet. */
export function ViewBanner({ viewing, institution }: ViewBannerProps) {
  return viewing?.institution === institution ? <Banner viewing={viewing} /> : null;
}

function Banner({ viewing }: { viewing: NonNullable<ViewBannerProps["viewing"]> }) {
  const trpc = useTRPC();
  const until = viewing.expiresAt.getTime();
  const [left, setLeft] = useState<number | null>(null);
  const back = `/vendor/institutions/${viewing.institution}`;
  const end = useMutation(trpc.vendor.view.end.mutationOptions({ onSuccess: () => window.location.assign(back) }));
  useEffect(() => {
    const tell = (): void => {
      setLeft(until - Date.now());
      if (until <= Date.now()) window.location.assign(back);
    };
    tell();
    const clock = setInterval(tell, 1_000);
    return () => clearInterval(clock);
  }, [until, back]);
  return (
    <section className="view-banner" aria-label="Viewing as the institution">
      <span>
        <b>
          You view <bdi>{viewing.name}</bdi> as its people see it.
        </b>{" "}
        Nothing can be changed. They see that you look, and why.
      </span>
      <span className="push row">
        <span role="timer">{left === null ? "" : `${clockWords(left)} left`}</span>
        <Button size="sm" aria-disabled={end.isPending} onClick={() => end.mutate()}>
          Stop viewing
        </Button>
      </span>
      {end.error ? <span role="alert">{failureText(end.error)}</span> : null}
    </section>
  );
}

/** "29:07". */
function clockWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
