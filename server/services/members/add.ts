import { z } from "zod";
import { members } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { ROLES } from "@/server/auth/permissions";
import { asTenant } from "@/server/database";
import { accountFor } from "./account";

const Input = z.object({ email: z.string(), name: z.string().trim().min(1).max(200).optional(), role: z.enum(ROLES) });

/** Lets a person in, with a role; who is or was a member gets the role anew. Their account is made unless it exists. */
export async function addMember(actor: TenantActor, input: z.input<typeof Input>) {
  authorize(actor, "member:manage");
  const { email, name, role } = Input.parse(input);
  return asTenant(actor.institutionId, async (tx) => {
    const account = await accountFor(tx, { email, name });
    await tx
      .insert(members)
      .values({ institutionId: actor.institutionId, accountId: account.id, role })
      .onConflictDoUpdate({ target: [members.institutionId, members.accountId], set: { role, removedAt: null } });
    await audit(tx, actor, { verb: "member.add", subject: `account ${account.id}`, detail: { role } });
    return { accountId: account.id, email: account.email, name: account.name, role };
  });
}
