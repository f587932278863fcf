import { defineConfig } from "vitest/config";
import usual, { LONG } from "./vitest.config";

/** The usual tests and those that take too long for every time: `npm run test:durable` runs them. */
export default defineConfig({ ...usual, test: { ...usual.test, exclude: usual.test?.exclude?.filter((one) => one !== LONG) ?? [] } });
