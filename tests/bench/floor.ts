import { createReadStream } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";

/** The CSV files of a delivery that hold rows, with the names of their columns. */
export async function csvFiles(folder: string): Promise<{ path: string; table: string; columns: number }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".csv") && name !== "manifest.csv").sort();
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const handle = await open(path);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, 0);
      await handle.close();
      const header = buffer.subarray(0, bytesRead).toString("utf8").split(/\r?\n/)[0] ?? "";
      return { path, table: `floor_${name.replace(/\W/g, "_")}`, columns: header.split(",").length };
    }),
  );
}

/** Raw COPY of the files into unlogged, index-free, all-text tables: the floor F that everything is measured against. Milliseconds. */
export async function measureFloor(url: string, folder: string): Promise<number> {
  const files = await csvFiles(folder);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const { table, columns } of files) {
      await client.query(`drop table if exists ${table}`);
      await client.query(`create unlogged table ${table} (${Array.from({ length: columns }, (_, index) => `c${index} text`).join(", ")})`);
    }
    await client.query("checkpoint");
    const started = performance.now();
    for (const { path, table } of files) {
      await pipeline(
        createReadStream(path, { highWaterMark: 512 * 1024 }),
        client.query(copyFrom(`copy ${table} from stdin with (format csv, header true)`)),
      );
    }
    const took = performance.now() - started;
    for (const { table } of files) await client.query(`drop table ${table}`);
    return took;
  } finally {
    await client.end();
  }
}
