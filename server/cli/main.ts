const USAGE = `rollcall <command> …

  check               read a delivery and say what is wrong with it, without a database
  sync                bring files in, prepare a run, and commit it when asked
  export              print the current rows of an entity as JSON lines
  institution create  make an institution and print a link with which its owner signs in
  staff add, reset    make somebody one of the vendor's staff; take a lost second factor away
  secrets rotate      seal anew what lies under the deployment's secret before this one
  certificate verify  say whether a certificate of a deleted institution is as it was signed
  doctor              say whether everything that this deployment needs is there
  demo                start the whole system and play the main job on a generated district

Each says more with --help. With --json only JSON stands on standard output.`;

/** The exit code of a command line that cannot be understood. */
const EXIT_MISUSED = 64;

/** The command's first word chooses what runs and is all that is loaded; the rest is its own. Resolves to the exit code. */
async function run([command, ...rest]: string[]): Promise<number> {
  switch (command) {
    case "check":
      return (await import("./check")).runCheck(rest);
    case "sync":
      return (await import("./sync")).runSync(rest);
    case "export":
      return (await import("./export")).runExport(rest);
    case "institution":
      return (await import("./institution")).runInstitution(rest);
    case "staff":
      return (await import("./staff")).runStaff(rest);
    case "secrets":
      return (await import("./secrets")).runSecrets(rest);
    case "certificate":
      return (await import("./certificate")).runCertificate(rest);
    case "doctor":
      return (await import("./doctor")).runDoctor(rest);
    case "demo":
      return (await import("./demo")).runDemo(rest);
    case "help":
    case "--help":
      console.log(USAGE);
      return 0;
    default:
      console.error(USAGE);
      return EXIT_MISUSED;
  }
}

process.exitCode = await run(process.argv.slice(2));

// Everything is imported where it is needed, and only a module may await at its top.
export {};
