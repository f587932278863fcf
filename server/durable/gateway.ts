import { z } from "zod";
import type { OutgoingEvent } from "./emit";

/** Writes events down, in order, and answers their ids. */
export type WriteEvents = (events: readonly OutgoingEvent[]) => Promise<readonly string[]>;

const Payload = z.array(
  z.looseObject({
    name: z.string().min(1),
    data: z.record(z.string(), z.unknown()).default({}),
    id: z.string().optional(),
  }),
);

/**
 * The `fetch` of a client that has no server: events go straight into the database, and every other call of Inngest's API
 * (realtime, signals, checkpoints, registration) is answered with 501, so nothing ever leaves the machine.
 */
export function embeddedFetch(write: WriteEvents): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    if (request.method !== "POST" || !new URL(request.url).pathname.startsWith("/e/")) {
      return Response.json({ status: 501, error: "The embedded executor has no such endpoint" }, { status: 501 });
    }
    const payload = Payload.safeParse(await request.json());
    if (!payload.success) return Response.json({ status: 400, error: z.prettifyError(payload.error) }, { status: 400 });
    // The SDK repeats a send that failed under the same seed: without an id of its own an event is known by seed and place.
    const seed = request.headers.get("x-inngest-event-id-seed");
    const events = payload.data.map((event, place) => {
      const id = event.id ?? (seed === null ? undefined : `${seed}:${place}`);
      return { name: event.name, data: event.data, ...(id === undefined ? {} : { id }) };
    });
    return Response.json({ ids: await write(events), status: 200 });
  };
}
