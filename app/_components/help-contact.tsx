import { env } from "@/server/env";

export const OWNER = "an owner of your institution";

/** Whom to ask: the institution's own contact, and the vendor's where there is one (WCAG 3.2.6: at the same place everywhere). */
export function HelpContact({ own, askInstead = OWNER }: { own: string | null; askInstead?: string }) {
  const contacts = [own, env.HELP_CONTACT ?? null].filter((contact) => contact !== null);
  if (contacts.length === 0) return <span>Help: ask {askInstead}.</span>;
  return (
    <span>
      Help:{" "}
      {contacts.map((contact, index) => (
        <span key={contact}>
          {index === 0 ? null : " or "}
          <Contact of={contact} />
        </span>
      ))}
    </span>
  );
}

/** An address can be written to; anything else is read. */
function Contact({ of }: { of: string }) {
  return /^[^\s@,;:]+@[^\s@,;:]+$/.test(of) ? <a href={`mailto:${of}`}>{of}</a> : <bdi>{of}</bdi>;
}
