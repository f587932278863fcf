import type { Context, Inngest, InngestFunction } from "inngest";

type Options = Omit<Parameters<Inngest.Any["createFunction"]>[0], "id" | "triggers"> & { readonly condition?: string };
type Body = (context: Context<Inngest.Any>) => Promise<unknown>;

/** Makes functions that are named like the event that starts them: `on("sleep", …)` runs at `conformance/sleep`. */
export function cases(client: Inngest.Any) {
  return (id: string, options: Options, body: Body): InngestFunction.Any => {
    const { condition, ...rest } = options;
    return client.createFunction(
      { id, ...rest, triggers: { event: `conformance/${id}`, ...(condition === undefined ? {} : { if: condition }) } },
      body,
    );
  };
}
