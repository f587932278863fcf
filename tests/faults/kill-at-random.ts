import type { WorkerProcess } from "./durable-process";

interface Storm {
  /** How many live at once. */
  readonly workers: number;
  readonly kills: number;
  random(): number;
  /** Starts one; `place` counts them all. */
  start(place: number): Promise<WorkerProcess>;
  /** What happens before the first, second, … kill. */
  beforeKill(kill: number): Promise<void>;
}

/**
 * Every 0.5 to 2 seconds kills a random worker and starts another in its place, until the quota is met; the last ones live. At least two
 * are at work by then: where each dies at the moment it is ready, no call can ever end.
 */
export async function killAtRandom(storm: Storm): Promise<void> {
  const ready: WorkerProcess[] = [];
  const starting = new Set<Promise<void>>();
  let place = 0;
  const start = () => {
    const one: Promise<void> = storm
      .start(place)
      .then((worker) => void ready.push(worker))
      .finally(() => starting.delete(one));
    place += 1;
    starting.add(one);
  };
  while (place < storm.workers) start();
  await Promise.all(starting);
  for (let kill = 1; kill <= storm.kills; kill += 1) {
    await storm.beforeKill(kill);
    while (ready.length < 2) await Promise.race(starting);
    await new Promise((resolve) => setTimeout(resolve, 500 + storm.random() * 1_500));
    const [victim] = ready.splice(Math.floor(storm.random() * ready.length), 1);
    victim?.signal("SIGKILL");
    await victim?.ended;
    start();
  }
  await Promise.all(starting);
}
