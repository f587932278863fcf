/** Raised whenever the same line would be read to something else: neither fingerprints nor deliveries of older rules are trusted. */
export const RULES_VERSION = "3";
