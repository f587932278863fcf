/** The published limits of what may arrive (SECURITY.md §F). */
export const LIMITS = {
  fileBytesMax: 1024 ** 3,
  deliveryBytesMax: 2 * 1024 ** 3,
  zipEntriesMax: 50,
  zipRatioMax: 200,
  /** Below this an entry may unpack at any ratio: a short file of blank cells packs well and harms nobody. */
  zipRatioFromBytes: 1024 ** 2,
  rowsMax: 4_000_000,
  columnsMax: 200,
  textCharactersMax: 4096,
  idCharactersMax: 255,
  recordBytesMax: 2 * 1024 ** 2,
} as const;
