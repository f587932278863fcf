/** Where proxy.ts says which page is asked for, since a page on the server cannot see its own address. */
export const PATH_HEADER = "x-rollcall-path";
