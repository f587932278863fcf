/** What entries are about, by the noun of their verb. */
export const AUDIT_NOUNS: readonly (readonly [noun: string, word: string])[] = [
  ["run", "Runs"],
  ["delivery", "Uploads"],
  ["feed", "Feeds"],
  ["promotion", "Promotions"],
  ["member", "Members"],
  ["invitation", "Invitations"],
  ["view", "Views by the vendor"],
  ["institution", "The institution"],
  ["organization", "Organizations"],
  ["limit", "Limits"],
  ["retention", "What expires"],
  ["export", "Exports"],
  ["deletion", "Deletion"],
];

/** Who did it, when it was not a member by name. */
export function actorWord(actor: "member" | "staff" | "command" | "handOff" | "system", name: string | null): string {
  switch (actor) {
    case "member":
      return name ?? "A member";
    case "staff":
      return name ?? "Vendor staff";
    case "command":
      return "Somebody at the server";
    case "handOff":
      return "Somebody with a link to one step";
    case "system":
      return "Rollcall";
    default:
      return actor satisfies never;
  }
}
