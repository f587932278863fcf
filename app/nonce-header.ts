/** Where proxy.ts says which scripts of this answer the browser runs, for the one that a page writes itself. */
export const NONCE_HEADER = "x-rollcall-nonce";
