import { rollcall } from "./rollcall";

process.exitCode = await rollcall(process.argv.slice(2));
