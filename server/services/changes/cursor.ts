import { z } from "zod";
import { AppError } from "@/server/errors";
import { ACTIONS, type Action } from "@/server/roster/change";
import { ENTITIES, type Entity } from "@/server/roster/entities";

/** A place in a list of changes: everything before it was shown. */
export interface ChangeCursor {
  readonly action: Action;
  readonly entity: Entity;
  /** The line of the last change shown; unique inside a plan's entity. */
  readonly line: number;
}

const Shape = z.tuple([z.enum(ACTIONS), z.enum(ENTITIES), z.number().int()]);

export const writeCursor = (at: ChangeCursor): string => Buffer.from(JSON.stringify([at.action, at.entity, at.line])).toString("base64url");

/** Throws INVALID for anything that `writeCursor` did not make. */
export function readCursor(text: string): ChangeCursor {
  try {
    const [action, entity, line] = Shape.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    return { action, entity, line };
  } catch (cause) {
    throw new AppError("INVALID", "This page of the list does not exist", { cause });
  }
}
