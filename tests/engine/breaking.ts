import type { Database, Transaction } from "@/db/client";
import type { SyncContext } from "@/server/sync/context";

/** The failure that a test asked for. */
export class Broken extends Error {}

/** Where the database breaks: at its nth statement or COMMIT, before that is done or when it is done and nobody hears of it. */
export interface Break {
  readonly at: number;
  readonly when: "before" | "after";
}

/** The same context over a database that breaks once. `isReached`: whether there was an nth statement. */
export function breaking(context: SyncContext, of: Break): { readonly context: SyncContext; isReached(): boolean } {
  const asked = { statements: 0 };
  const passed = async <T>(work: () => Promise<T>): Promise<T> => {
    asked.statements += 1;
    const breaks = asked.statements === of.at;
    if (breaks && of.when === "before") throw new Broken(`before statement ${of.at}`);
    const result = await work();
    if (breaks) throw new Broken(`after statement ${of.at}`);
    return result;
  };
  const engine = breakingDatabase(context.databases.engine, passed);
  return { context: { ...context, databases: { ...context.databases, engine } }, isReached: () => asked.statements >= of.at };
}

type Passed = <T>(work: () => Promise<T>) => Promise<T>;

function breakingDatabase(database: Database, passed: Passed): Database {
  const asTenant: Database["asTenant"] = async (institutionId, work) => {
    let unheard: Broken | null = null;
    const result = await database.asTenant(institutionId, async (tx) => {
      const done = await work(breakingTransaction(tx, passed));
      // The transaction's own COMMIT: before it everything is taken back, after it everything is there.
      await passed(async () => {
        unheard = null;
      }).catch((cause: unknown) => {
        if (!(cause instanceof Broken && cause.message.startsWith("after"))) throw cause;
        unheard = cause;
      });
      return done;
    });
    if (unheard !== null) throw unheard;
    return result;
  };
  return { ...database, asTenant };
}

const breakingTransaction = (tx: Transaction, passed: Passed): Transaction =>
  new Proxy(tx, {
    get(target, name) {
      if (name === "execute") return (query: Parameters<Transaction["execute"]>[0]) => passed(async () => target.execute(query));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
