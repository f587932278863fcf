import { signInLink } from "@/server/services/sign-in/link-for";
import { resetFactorOf } from "@/server/services/staff/reset-factor";
import { addStaff } from "@/server/services/vendor/add-staff";
import type { GivenTo } from "./commands";
import { withDatabase } from "./database";

/** The command `staff add`. Resolves to the exit code. */
export const runStaffAdd = ({ email, role, name, json }: GivenTo<"staff add">): Promise<number> =>
  withDatabase(async () => printLink((await addStaff({ email, role, ...(name === null ? {} : { name }) })).email, json));

/** The command `staff reset`. Resolves to the exit code. */
export const runStaffReset = ({ email, json }: GivenTo<"staff reset">): Promise<number> =>
  withDatabase(async () => printLink((await resetFactorOf(email)).email, json));

async function printLink(email: string, json: boolean): Promise<number> {
  const link = await signInLink(email);
  if (json) console.log(JSON.stringify({ email, link }));
  else console.log(`${email} signs in within ten minutes, and sets up a second factor, at\n${link}`);
  return 0;
}
