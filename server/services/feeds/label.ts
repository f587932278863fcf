import { findSource } from "@/server/sources";

/** What a kind of source is called; its own key where this deployment does not have it. */
export const labelOf = (source: string): string => findSource(source)?.label ?? source;
