"use client";

import { useMutation } from "@tanstack/react-query";
import { ChevronRight, Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Icon } from "@/app/_components/icon";
import { InWords } from "@/app/_components/in-words";
import { Note } from "@/app/_components/note";
import { Op } from "@/app/_components/op";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { recommend } from "./recommend";

interface SourceTilesProps {
  institution: string;
  sources: Outputs["onboarding"]["sources"];
  canChoose: boolean;
  /** Something is connected already. */
  hasFeeds: boolean;
}

/** Every way in that this deployment has, searched by the name of the system that people know. */
export function SourceTiles({ institution, sources, canChoose, hasFeeds }: SourceTilesProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [text, setText] = useState("");
  const [isUnsure, setIsUnsure] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const choose = useMutation(
    trpc.onboarding.chooseSource.mutationOptions({
      onSuccess: ({ feed }) => {
        router.push(`/i/${institution}/setup/connect?feed=${feed}`);
        router.refresh();
      },
    }),
  );
  const found = recommend(sources, text);
  const systems = [...new Set(sources.flatMap((source) => source.systems.map(({ name }) => name)))].sort();
  return (
    <>
      <search className="row wrap source-search">
        <div className="search">
          <label className="vh" htmlFor="system">
            Name of your student information system
          </label>
          <Icon of={Search} />
          <input
            id="system"
            ref={box}
            type="search"
            autoComplete="off"
            placeholder="Name of your student information system"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </div>
        <Button
          aria-expanded={isUnsure}
          aria-controls="unsure"
          onClick={() => {
            setIsUnsure(true);
            box.current?.focus();
          }}
        >
          I’m not sure
        </Button>
      </search>
      {isUnsure ? (
        <div id="unsure" className="unsure">
          <p className="small">
            <InWords of="Type the name that stands on the sign-in page of the system with your students and classes, or press it here. We say which way fits." />
          </p>
          <p className="row wrap">
            {systems.map((name) => (
              <Button key={name} size="sm" onClick={() => setText(name)}>
                {name}
              </Button>
            ))}
          </p>
        </div>
      ) : null}
      <Advice text={text} found={found} />
      <ul className="srcs">
        {found.order.map((source) => (
          <li key={source.key} className={found.suggested === source.key ? "pick" : undefined}>
            <button
              type="button"
              aria-disabled={!canChoose || choose.isPending}
              onClick={() => {
                if (canChoose && !choose.isPending)
                  choose.mutate({
                    institution,
                    source: source.key,
                    system: found.suggested === source.key ? found.system?.name : undefined,
                  });
              }}
            >
              <span className="nm">
                {source.label}
                {found.suggested === source.key ? (
                  <span className="state ready">
                    <Op kind="ok" />
                    Suggested
                  </span>
                ) : null}
              </span>
              <span className="nd">You need: {source.needs}</span>
              <span className="fr">{source.tile.suits}</span>
              <span className="tm">{source.tile.minutes} min</span>
              <Icon of={ChevronRight} />
            </button>
          </li>
        ))}
      </ul>
      {canChoose ? null : (
        <Note tone="info">
          <p>Only admins choose a source. Ask an owner of your institution, or send them this page.</p>
        </Note>
      )}
      {choose.error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(choose.error)}</p>
        </Note>
      ) : null}
      <p className="small soft setup-next">
        {hasFeeds ? "Want to look before you send? " : "Nothing to connect yet? "}
        {sources.map((source, index) => (
          <span key={source.key}>
            {index === 0 ? "" : "; "}
            <a href={`/help/examples/${source.key}/samples`} download>
              Sample files of a made-up district, {source.label}
            </a>
            , or{" "}
            <a href={`/help/examples/${source.key}/templates`} download>
              empty templates
            </a>
          </span>
        ))}
        .
      </p>
    </>
  );
}

/** What is known about the system that was typed; nothing while nothing was. */
function Advice({ text, found }: { text: string; found: ReturnType<typeof recommend> }) {
  if (text.trim() === "") return null;
  return (
    <p className="small advice" role="status">
      {found.system === null ? (
        <>
          We do not know “<bdi>{text}</bdi>” yet. Any system that can export these files will do; ask whoever looks after it.
        </>
      ) : (
        <>
          <Op kind="ok" /> <b>{found.system.name}</b> brings <b>{found.label}</b>. {found.system.where}
        </>
      )}
    </p>
  );
}
