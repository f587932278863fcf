import pg from "pg";

/** How long a connection waits for the next file before it is closed. */
const IDLE_MS = 5_000;
/** What a connection is called while nobody works on it: whoever takes an environment over leaves it alone. */
const IDLE_NAME = "rollcall idle";

interface Idle {
  readonly client: pg.Client;
  readonly timer: NodeJS.Timeout;
  readonly leave: () => void;
}

/** Connections whose last work went well, by database. */
const waiting = new Map<string, Idle[]>();

/** A connection outside the pool: one that waits, else a new one. The next file spares the handshake and finds the catalog in memory. */
export async function borrowConnection(url: string): Promise<pg.Client> {
  const known = waiting.get(url)?.pop();
  if (known !== undefined) {
    clearTimeout(known.timer);
    known.client.off("error", known.leave);
    if (canWait(known.client)) known.client.ref();
    return known.client;
  }
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  return client;
}

/** Gives a connection back in which no transaction is open. It keeps no process alive. */
export async function returnConnection(url: string, client: pg.Client): Promise<void> {
  const others = waiting.get(url) ?? [];
  waiting.set(url, others);
  const leave = () => {
    const at = others.findIndex((one) => one.client === client);
    if (at !== -1) others.splice(at, 1);
    void closeConnection(client);
  };
  client.on("error", leave);
  try {
    await client.query("select set_config('application_name', $1, false)", [IDLE_NAME]);
  } catch {
    return leave();
  }
  if (canWait(client)) client.unref();
  others.push({ client, timer: setTimeout(leave, IDLE_MS).unref(), leave });
}

/** Closes a connection; whatever was not committed is rolled back. A dead one has nothing to say any more. */
export async function closeConnection(client: pg.Client): Promise<void> {
  client.on("error", () => {});
  await client.end().catch(() => {});
}

/** The driver has both; its types do not say so. */
const canWait = (client: object): client is { ref(): void; unref(): void } => "ref" in client && "unref" in client;
