import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import { Inngest } from "inngest";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { roleUrl } from "@/db/roles";
import { startRelay } from "@/server/durable/relay";
import { deploymentSecret } from "@/server/secrets";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { eventually } from "./eventually";

interface Received {
  readonly id: string;
  readonly name: string;
  readonly data: { readonly about: string };
}

/** Stands where a real server would, and keeps what it is sent. */
let server: Server;
let received: Received[] = [];
let refuse: (event: Received) => boolean = () => false;
let database: TestDatabase;
let relay: { drain(): Promise<void> };

beforeAll(async () => {
  database = await createDatabase();
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => {
      text += part.toString();
    });
    request.on("end", () => {
      const events: Received[] = JSON.parse(text);
      if (events.some(refuse)) return response.writeHead(400).end("{}");
      received.push(...events);
      return response.writeHead(200).end(JSON.stringify({ ids: events.map((event) => event.id), status: 200 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port");
  const client = new Inngest({ id: "relay", isDev: false, eventKey: "key", baseUrl: `http://127.0.0.1:${address.port}` });
  relay = await startRelay({
    url: roleUrl({ url: database.url, secret: deploymentSecret(), role: "engine" }),
    send: async (events) => {
      await client.send(events.map(({ id, name, ts, data }) => ({ id, name, ts, data: data as Record<string, unknown> })));
    },
  });
});
beforeEach(() => {
  received = [];
  refuse = () => false;
});
afterAll(async () => {
  await relay?.drain();
  await new Promise((resolve) => server.close(resolve));
  await database?.close();
});

const emit = (about: string) => database.administrator`
  select durable.emit('thing/happened', ${JSON.stringify({ about })}::text::jsonb) as id`;
const about = () => received.map((event) => event.data.about);

describe("with a real server", () => {
  it("events arrive there once, in order, under their own ids, exactly if their transaction was committed", async () => {
    const names = Array.from({ length: 250 }, () => randomUUID());
    await database.administrator
      .begin(async (tx) => {
        await tx`select durable.emit('thing/happened', '{"about": "rolled back"}')`;
        throw new Error("rolled back");
      })
      .catch(() => {});
    const ids = await database.administrator.begin(async (tx) => {
      const made: string[] = [];
      for (const name of names) {
        const [row] = await tx<{ id: string }[]>`
          select durable.emit('thing/happened', ${JSON.stringify({ about: name })}::text::jsonb) as id`;
        made.push(row?.id ?? "");
      }
      return made;
    });
    await eventually("all events", async () => received.length >= names.length);
    expect(about()).toEqual(names);
    expect(received.map((event) => event.id)).toEqual(ids);
    await eventually("empty queue", async () => (await database.administrator`select 1 from durable.queue`).length === 0);
    expect(received).toHaveLength(names.length);
  });

  it("one that the server refuses is put off and does not hold back the others", async () => {
    refuse = (event) => event.data.about === "poison";
    await database.administrator.begin(async (tx) => {
      await tx`select durable.emit('thing/happened', '{"about": "poison"}')`;
      await tx`select durable.emit('thing/happened', '{"about": "later"}')`;
    });
    await eventually("the other event", async () => about().includes("later"));
    await eventually("item that was put off", async () => {
      const [waiting] = await database.administrator<{ failures: number }[]>`select failures from durable.queue`;
      return (waiting?.failures ?? 0) > 0;
    });
    refuse = () => false;
    // It is tried again after a while: moves the test clock past that.
    await database.administrator`insert into durable.clock_shifts values ('10 minutes')`;
    await database.administrator`select pg_notify('durable', '')`;
    await eventually("the event that was refused before", async () => about().includes("poison"));
  });

  it("the same given id is written once", async () => {
    const id = randomUUID();
    const key = () =>
      database.administrator<{ id: string }[]>`select durable.emit('thing/happened', '{"about": "same"}', ${id}::text) as id`;
    const [first] = await key();
    const [second] = await key();
    expect(second?.id).toBe(first?.id);
    await emit("after it");
    await eventually("what came after", async () => about().includes("after it"));
    expect(about().filter((each) => each === "same")).toHaveLength(1);
  });
});
