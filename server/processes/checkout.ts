import { fileURLToPath } from "node:url";

/** The folder of this checkout: processes run in it, wherever they were started from. */
export const checkout = fileURLToPath(new URL("../..", import.meta.url));
