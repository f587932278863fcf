/** Longer names are cut: room stays for what tells two of the same name apart. */
const LENGTH_MAX = 50;

/** An institution's name as the word of its addresses: `Lakeside Unified` is `lakeside-unified`. */
export function slugOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, LENGTH_MAX)
    .replace(/^-+|-+$/g, "");
  return plain === "" ? "institution" : plain;
}
