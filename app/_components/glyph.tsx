/** The small marks that say what happens to a record or how a run stands; each is drawn once a page and referred to by name. */
const PATHS = {
  add: "M6 2.2v7.6M2.2 6h7.6",
  edit: "M1.8 7c1-2.2 2.6-2.4 4-1s3 1.2 4.4-1",
  archive: "M2.2 6h7.6",
  reactivate: "M2.3 4.6A4 4 0 1 1 2.1 7.2M2.1 2v2.8h2.8",
  rekey: "M1.8 4h8M7.6 1.9 9.8 4 7.6 6.1M10.2 8.2h-8M4.4 6.1 2.2 8.2l2.2 2.1",
  warning: "M6 1.8 10.8 10H1.2zM6 5v2.2M6 8.6v.1",
  hold: "M4.2 2.5v7M7.8 2.5v7",
  ok: "M2.3 6.5 4.9 9l4.8-6",
  bad: "M3 3l6 6M9 3 3 9",
  wait: "M2.8 6h.01M6 6h.01M9.2 6h.01",
  working: "M6 2v2M6 8v2M2 6h2M8 6h2",
  none: "M3 6h6",
  person: "M6 6.2a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM2.5 10.2c.5-2 1.8-3 3.5-3s3 1 3.5 3",
} as const;

export type GlyphName = keyof typeof PATHS;

/** One mark; always beside a word or a count that says the same. */
export function Glyph({ name }: { name: GlyphName }) {
  return (
    <svg viewBox="0 0 12 12" aria-hidden="true">
      <use href={`#g-${name}`} />
    </svg>
  );
}

/** The drawings that `Glyph` refers to. Stands once in the document, before anything that uses it. */
export function GlyphSheet() {
  return (
    <svg width="0" height="0" className="glyph-sheet" aria-hidden="true">
      <defs>
        {Object.entries(PATHS).map(([name, path]) => (
          <path key={name} id={`g-${name}`} d={path} />
        ))}
      </defs>
    </svg>
  );
}
