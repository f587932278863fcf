/** What a jsonb column may hold; the reader parses it at the border with the schema of its own noun. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
