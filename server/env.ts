import { z } from "zod";

/** Every variable that the system reads, parsed once when the process starts. An unset one means what its sentence says. */
const Environment = z.object({
  /** `production` unless the demo, development or test command says otherwise; anything else listens on loopback only. */
  ROLLCALL_ENV: z.enum(["production", "demo", "development", "test"]).default("production"),
  /** The administrator's URL of Postgres. Unset: an embedded server is started in the data folder. */
  DATABASE_URL: z.url().optional(),
  /** The secret behind role passwords, sealing and signing, at least 32 characters. Unset: made once and kept in the data folder. */
  ROLLCALL_SECRET: z.string().min(32).optional(),
  /** The secret before this one, while `rollcall secrets rotate` seals everything anew. Unset: there is none. */
  ROLLCALL_PREVIOUS_SECRET: z.string().min(32).optional(),
  /** Where embedded Postgres, the kept secret and the object store live. Unset: `.rollcall/` in the checkout. */
  ROLLCALL_DATA: z.string().optional(),
  /** The address under which people reach the web app; used in links of mails. Unset: `http://localhost` with the port. */
  ROLLCALL_URL: z.url().optional(),
  /** The address on which the web app listens. */
  ROLLCALL_HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().default(3000),
  /** The port of the worker's own endpoint, the only one that runs steps. */
  ROLLCALL_WORKER_PORT: z.coerce.number().int().default(3010),
  /** `smtp://user:password@host:port`. Unset: mails wait in the outbox. */
  SMTP_URL: z.url().optional(),
  /** The sender of every mail. */
  MAIL_FROM: z.string().default("Rollcall <no-reply@localhost>"),
  /** The vendor's product, to which welcome mails lead: an https address. Unset: no welcome mail is sent. */
  PRODUCT_URL: z.url({ protocol: /^https$/ }).optional(),
  /** `open`: everyone may set up an institution of their own at /signup. `closed`: only who was invited. */
  ROLLCALL_SIGN_UP: z.enum(["open", "closed"]).default("closed"),
  /** The vendor's help desk, shown on every page beside the institution's own contact: an address, or words. */
  HELP_CONTACT: z.string().trim().min(1).max(200).optional(),
  /** What Prometheus sends as its bearer token to `/api/metrics`. Unset: only this machine may ask. */
  METRICS_TOKEN: z.string().min(16).optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
  /** Names the point at which this process ends or stops itself; ignored in production. */
  ROLLCALL_FAILPOINT: z.string().optional(),
  /** Keys and addresses of a real Inngest server; any of them switches the embedded executor off. */
  INNGEST_EVENT_KEY: z.string().optional(),
  INNGEST_SIGNING_KEY: z.string().optional(),
  INNGEST_BASE_URL: z.url().optional(),
  INNGEST_DEV: z.string().optional(),
});

/** What a child process gets: everything this one was given, with these in place. */
export const childEnvironment = (changes: Partial<Record<keyof z.infer<typeof Environment>, string>>): NodeJS.ProcessEnv => ({
  ...process.env,
  ...changes,
});

const parsed = Environment.safeParse(process.env);
if (!parsed.success) throw new Error(`The environment is not usable:\n${z.prettifyError(parsed.error)}`);
if (parsed.data.ROLLCALL_ENV !== "production" && !["127.0.0.1", "localhost", "::1"].includes(parsed.data.ROLLCALL_HOST)) {
  throw new Error(`With ROLLCALL_ENV=${parsed.data.ROLLCALL_ENV} only loopback may be listened on, not ${parsed.data.ROLLCALL_HOST}`);
}

export const env = { ...parsed.data, ROLLCALL_URL: parsed.data.ROLLCALL_URL ?? `http://localhost:${parsed.data.PORT}` };
// NextAuth takes its own address from nowhere else.
process.env.NEXTAUTH_URL = env.ROLLCALL_URL;
/** True while no real Inngest server is named by the environment: the worker then runs the functions itself. */
export const isEmbedded =
  env.INNGEST_EVENT_KEY === undefined &&
  env.INNGEST_SIGNING_KEY === undefined &&
  env.INNGEST_BASE_URL === undefined &&
  env.INNGEST_DEV === undefined;
export const isProduction = env.ROLLCALL_ENV === "production";
