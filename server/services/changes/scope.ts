import { z } from "zod";
import { ENTITIES } from "@/server/roster/entities";
import { ChangeFilter } from "./filter";

/** Which changes an act is about: the whole plan, what a filter shows, or single rows. */
export const ChoiceScope = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("all") }),
  ChangeFilter.extend({ kind: z.literal("filter") }),
  z.object({
    kind: z.literal("rows"),
    rows: z
      .array(z.object({ entity: z.enum(ENTITIES), sourceKey: z.string().min(1).max(255) }))
      .min(1)
      .max(200),
  }),
]);
export type ChoiceScope = z.infer<typeof ChoiceScope>;
