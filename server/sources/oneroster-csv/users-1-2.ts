import type { EntityReader, Spool } from "../source";
import { fileReader, type OpenedFile } from "./reader";

/** The three files of 1.2 that describe people; each may be missing. */
export interface PeopleFiles {
  readonly users: OpenedFile | undefined;
  readonly roles: OpenedFile | undefined;
  readonly profiles: OpenedFile | undefined;
}

export async function usersReader(
  { users }: PeopleFiles,
  { options }: { spool: Spool; options: readonly string[] },
): Promise<EntityReader | null> {
  return users === undefined ? null : fileReader({ ...users, options });
}
