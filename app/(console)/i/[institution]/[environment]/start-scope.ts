import type { Outputs } from "@/app/_trpc/outputs";

type Mapping = Pick<Outputs["organizations"]["mapping"], "mode" | "schoolKey" | "organizations" | "schools">;

export interface StartSchool {
  readonly key: string;
  readonly name: string;
}

/** An organization that a run can be over: with its schools, those of the organizations below it among them. */
interface StartOrganization {
  readonly id: number;
  readonly name: string;
  /** How many organizations that are offered too stand above it. */
  readonly depth: number;
  readonly keys: readonly string[];
}

/** What a run can be over: schools to choose among, or the one school of a portal (null: whatever the files hold). */
export type StartScope =
  | { readonly mode: "multi"; readonly schools: readonly StartSchool[]; readonly organizations: readonly StartOrganization[] }
  | { readonly mode: "single"; readonly school: string | null };

/**
 * The schools of an environment and the organizations that they belong to, as a tree in reading order. An organization without
 * a school is not offered, nor one that is nothing but its one school under the same name.
 */
export function startScope(mapping: Mapping, schools: readonly StartSchool[]): StartScope {
  if (mapping.mode === "single") {
    const { schoolKey } = mapping;
    return { mode: "single", school: mapping.schools.find(({ key }) => key === schoolKey)?.name ?? schoolKey };
  }
  const organizationOf = new Map(mapping.schools.map(({ key, organizationId }) => [key, organizationId]));
  const offered = ({ name, keys }: StartOrganization): boolean =>
    keys.length > 1 || (keys.length === 1 && schools.find(({ key }) => key === keys[0])?.name !== name);
  const below = (parentId: number | null, depth: number): StartOrganization[] =>
    mapping.organizations
      .filter((organization) => organization.parentId === parentId)
      .flatMap(({ id, name }) => {
        const own = schools.filter(({ key }) => organizationOf.get(key) === id).map(({ key }) => key);
        const one = { id, name, depth, keys: [...own, ...keysBelow(id)] };
        return offered(one) ? [one, ...below(id, depth + 1)] : below(id, depth);
      });
  const keysBelow = (id: number): string[] =>
    mapping.organizations
      .filter(({ parentId }) => parentId === id)
      .flatMap((child) => [
        ...schools.filter(({ key }) => organizationOf.get(key) === child.id).map(({ key }) => key),
        ...keysBelow(child.id),
      ]);
  return { mode: "multi", schools, organizations: below(null, 0) };
}
