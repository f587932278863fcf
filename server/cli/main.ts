import { runCheck } from "./check";

const USAGE = `rollcall <command> …

  check   read a delivery and say what is wrong with it, without a database`;

/** The command's first word chooses what runs; the rest is its own. */
async function run([command, ...rest]: string[]): Promise<number> {
  switch (command) {
    case "check":
      return await runCheck(rest);
    default:
      console.error(USAGE);
      return 2;
  }
}

process.exitCode = await run(process.argv.slice(2));
