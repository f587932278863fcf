import { defineConfig } from "@playwright/test";
import usual from "./playwright.config";

/** What takes too long for every time: named commands run it by its tag. */
export default defineConfig({ ...usual, grepInvert: [], grep: /@all|@huge/ });
