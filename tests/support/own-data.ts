import { randomUUID } from "node:crypto";
import { join } from "node:path";

// Each test file keeps its objects in a folder of its own, since institutions have the same numbers in every test database.
// This runs before the file is loaded, and so before the environment is read.
process.env.ROLLCALL_DATA = join(process.env.ROLLCALL_DATA ?? "", randomUUID());
