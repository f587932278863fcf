import { createInstitution } from "@/server/services/institutions/create";
import { signInLink } from "@/server/services/sign-in/link-for";
import type { GivenTo } from "./commands";
import { withDatabase } from "./database";

/** The command `institution create`. Resolves to the exit code. */
export async function runInstitutionCreate(wish: GivenTo<"institution create">): Promise<number> {
  return withDatabase(async () => {
    const { id, slug } = await createInstitution(
      { kind: "command", accountId: null },
      { slug: wish.slug, name: wish.name, timeZone: wish.zone, ownerEmail: wish.owner },
    );
    const link = await signInLink(wish.owner);
    if (wish.json) console.log(JSON.stringify({ id, slug, owner: wish.owner, link }));
    else console.log(`Made institution ${slug}. ${wish.owner} signs in within ten minutes at\n${link}`);
    return 0;
  });
}
