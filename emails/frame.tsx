import type { ReactNode } from "react";
import { Body, Container, Head, Hr, Html, Preview, Text } from "react-email";

export const font = "'Source Sans 3', 'Segoe UI', Arial, sans-serif";
export const ink = "#171f26";
export const muted = "#5b636a";
export const line = "#d6dbde";

/** Readers in the dark get the dark counterparts of the tokens; where a reader drops this, the light mail stays readable. */
const darkened = `
@media (prefers-color-scheme: dark) {
  body, .mail { background: #14181c !important; color: #eaedf0 !important; }
  .edge-preview { border-top-color: #7ed1f5 !important; }
  .edge-production { border-top-color: #eaedf0 !important; }
  .muted { color: #9da4aa !important; }
  .line { border-color: #2d3237 !important; }
  .preview { color: #7ed1f5 !important; }
  .production, .code { color: #eaedf0 !important; }
  .press { background: #78caee !important; color: #03141c !important; }
  .press-production { background: #eaedf0 !important; color: #0f1317 !important; }
  .add { color: #78da95 !important; }
  .edit { color: #9bbefe !important; }
  .archive { color: #f9978d !important; }
  .reactivate { color: #dfa5ec !important; }
  .rekey { color: #6fd9d0 !important; }
}`;

/** What every mail has around it. `edge` is the line on top, which tells the environment apart before a word is read. */
export function Frame({
  inbox,
  edge,
  foot,
  children,
}: {
  inbox: string;
  edge: "preview" | "production" | "none";
  /** Why the reader gets this; null: the mail says so itself. */
  foot: ReactNode | null;
  children: ReactNode;
}) {
  return (
    <Html lang="en" dir="ltr">
      <Head>
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <style>{darkened}</style>
      </Head>
      <Preview>{inbox}</Preview>
      <Body style={{ margin: 0, padding: "16px 0", fontFamily: font }}>
        <Container
          className={`mail edge-${edge}`}
          style={{ maxWidth: 600, padding: "20px 28px", borderTop: edges[edge], background: "#ffffff", color: ink }}
        >
          {children}
          {foot === null ? null : (
            <>
              <Hr className="line" style={{ margin: "22px 0 14px", borderColor: line }} />
              <Text className="muted" style={{ margin: 0, color: muted, fontSize: 13, lineHeight: "18px" }}>
                {foot}
              </Text>
            </>
          )}
        </Container>
      </Body>
    </Html>
  );
}

const edges = { preview: "3px dashed #005875", production: "4px solid #171f26", none: `1px solid ${line}` } as const;
