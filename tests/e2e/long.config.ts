import { defineConfig } from "@playwright/test";
import usual from "./playwright.config";

/** What takes too long for every time: named commands run it by its tag. Nobody waits half an hour for the same once more. */
export default defineConfig({ ...usual, grepInvert: [], grep: /@all|@huge/, retries: 0 });
