import type { ReactNode } from "react";
import { Button, Heading, Section, Text } from "react-email";
import { Frame, line, muted } from "./frame";
import { ACTION_SIGNS, type ActionCount, environmentWord, figure, type RunNotice } from "./run-notice";
import { Foot } from "./stop";

const envColor = { preview: "#005875", production: "#171f26" } as const;

interface RunFrameProps {
  readonly notice: RunNotice;
  /** The line that inboxes show beside the subject. */
  readonly inbox: string;
  readonly headline: string;
  /** What introduces the sentences that deserve the first look. */
  readonly lead?: string;
  /** What the one button says. */
  readonly press: string;
  /** The sentences below it. */
  readonly children: ReactNode;
}

/** A mail about a run: where, what in one line, the counts, what to look at first, one button. */
export function RunFrame({ notice, inbox, headline, lead = "Look at first:", press, children }: RunFrameProps) {
  const { environment } = notice;
  return (
    <Frame inbox={inbox} edge={environment} foot={<Foot why={footOf(notice)} stopUrl={notice.stopUrl} />}>
      <Text style={{ margin: 0, fontSize: 15, lineHeight: "22px" }}>
        <span className={environment} style={{ color: envColor[environment], fontWeight: 600 }}>
          {environment === "preview" ? "◇" : "◆"} {environmentWord(notice)}
        </span>
        <span className="muted" style={{ color: muted }}>
          {" "}
          {notice.institution}, run {notice.run}
        </span>
      </Text>
      <Heading as="h1" style={{ margin: "8px 0 0", fontSize: 22, lineHeight: "28px", fontWeight: 600 }}>
        {headline}
      </Heading>
      {notice.actions.length > 0 && <Actions actions={notice.actions} />}
      {notice.lookFirst.length > 0 && <LookFirst lead={lead} sentences={notice.lookFirst} />}
      <Section style={{ padding: "18px 0 0" }}>
        <Button
          className={environment === "preview" ? "press" : "press press-production"}
          href={notice.url}
          style={{
            background: envColor[environment],
            color: "#f9fcfe",
            fontWeight: 600,
            fontSize: 15,
            padding: "11px 18px",
            borderRadius: 5,
          }}
        >
          {press}
        </Button>
      </Section>
      <Text className="muted" style={{ margin: "14px 0 0", color: muted, fontSize: 14, lineHeight: "20px" }}>
        {children}
      </Text>
    </Frame>
  );
}

export const footOf = (notice: RunNotice): string => `You get this as ${notice.role} of ${notice.institution}.`;

function LookFirst({ lead, sentences }: { lead: string; sentences: readonly string[] }) {
  return (
    <Text style={{ margin: "14px 0 0", fontSize: 15, lineHeight: "22px" }}>
      <b>{lead}</b> {sentences.join(" ")}
    </Text>
  );
}

const actionColor: Record<ActionCount["action"], string> = {
  add: "#056532",
  edit: "#2355b7",
  archive: "#a52425",
  reactivate: "#7d398c",
  rekey: "#08615c",
};

function Actions({ actions }: { actions: readonly ActionCount[] }) {
  const cell = { padding: "9px 0", borderBottom: `1px solid ${line}` };
  return (
    <table
      width="100%"
      cellPadding={0}
      cellSpacing={0}
      style={{ marginTop: 14, fontSize: 15, lineHeight: "20px", borderCollapse: "collapse" }}
    >
      <caption style={{ position: "absolute", clipPath: "inset(50%)", width: 1, height: 1, overflow: "hidden" }}>Changes by action</caption>
      <tbody>
        {actions.map(({ action, count, parts }) => (
          <tr key={action}>
            <td width={34} className="line" style={{ ...cell, color: actionColor[action], fontWeight: 700, fontSize: 18 }}>
              <span className={action}>{ACTION_SIGNS[action].glyph}</span>
            </td>
            <td className="line" style={{ ...cell, padding: "9px 8px" }}>
              {ACTION_SIGNS[action].title}
              <br />
              <span className="muted" style={{ color: muted, fontSize: 13, lineHeight: "18px" }}>
                {parts.join(", ")}
              </span>
            </td>
            <td align="right" className="line" style={{ ...cell, fontWeight: 600, fontVariantNumeric: "tabular-nums" }}>
              {figure(count)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
