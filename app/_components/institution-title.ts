import type { Metadata } from "next";

/**
 * Titles of pages of one institution. What is foreign or unknown is said by the layout itself; thrown here, the page that
 * says it would have no title.
 */
export async function institutionTitle(here: Promise<{ institution: { name: string } }>): Promise<Metadata> {
  const name = await here.then(
    ({ institution }) => institution.name,
    () => null,
  );
  return {
    title: name === null ? { default: "Rollcall", template: "%s – Rollcall" } : { default: name, template: `%s – ${name} – Rollcall` },
  };
}
