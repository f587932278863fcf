import { aligned, given, helpOf, Misused, usageOf } from "./command";
import { COMMANDS, type CommandName, EXIT_MISUSED } from "./commands";

const NAMES = Object.keys(COMMANDS) as CommandName[];

const OVERVIEW = `rollcall <command> …

${aligned(NAMES.map((name) => [name, COMMANDS[name].does]))}

Each says more with --help. With --json only JSON stands on standard output.`;

/** The command line: its first words choose what runs and is all that is loaded, the rest is its own. Resolves to the exit code. */
export async function rollcall(argv: readonly string[]): Promise<number> {
  const [first = "", second = ""] = argv;
  const name = NAMES.find((known) => known === `${first} ${second}`) ?? NAMES.find((known) => known === first);
  const meant = name === undefined ? NAMES.filter((known) => known.startsWith(`${first} `)) : [name];
  if (meant.length > 0 && asksForHelp(argv)) return help(meant);
  if (["help", "--help", "-h"].includes(first)) return overview();
  if (name === undefined) {
    console.error(meant.length === 0 ? OVERVIEW : meant.map((known) => usageOf(known, COMMANDS[known])).join("\n"));
    return EXIT_MISUSED;
  }
  try {
    return await run(name, argv.slice(name.split(" ").length));
  } catch (cause) {
    if (!(cause instanceof Misused)) throw cause;
    console.error(`${cause.message}\n\n${usageOf(name, COMMANDS[name])}\n\nrollcall ${name} --help says more.`);
    return COMMANDS[name].misused;
  }
}

/** Anywhere in the line, whatever else stands there; after `--` words are names of files. */
const asksForHelp = (argv: readonly string[]): boolean =>
  (argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv).some((word) => word === "--help" || word === "-h");

function help(names: readonly CommandName[]): number {
  console.log(names.map((name) => helpOf(name, COMMANDS[name])).join("\n\n\n"));
  return 0;
}

function overview(): number {
  console.log(OVERVIEW);
  return 0;
}

async function run(name: CommandName, argv: readonly string[]): Promise<number> {
  switch (name) {
    case "check":
      return (await import("./check")).runCheck(given(COMMANDS[name], argv));
    case "sync":
      return (await import("./sync")).runSync(given(COMMANDS[name], argv));
    case "export":
      return (await import("./export")).runExport(given(COMMANDS[name], argv));
    case "institution create":
      return (await import("./institution")).runInstitutionCreate(given(COMMANDS[name], argv));
    case "staff add":
      return (await import("./staff")).runStaffAdd(given(COMMANDS[name], argv));
    case "staff reset":
      return (await import("./staff")).runStaffReset(given(COMMANDS[name], argv));
    case "secrets rotate":
      return (await import("./secrets")).runSecretsRotate(given(COMMANDS[name], argv));
    case "certificate verify":
      return (await import("./certificate")).runCertificateVerify(given(COMMANDS[name], argv));
    case "doctor":
      return (await import("./doctor")).runDoctor(given(COMMANDS[name], argv));
    case "demo":
      return (await import("./demo")).runDemo(given(COMMANDS[name], argv));
    default:
      return name satisfies never;
  }
}
