/** Sets this process's clock ahead (or, below zero, behind) for everything that asks it. */
export function skewClock(ms: number): void {
  if (ms === 0) return;
  const now = Date.now.bind(Date);
  Date.now = () => now() + ms;
  globalThis.Date = new Proxy(Date, {
    construct: (target, given) => (given.length === 0 ? new target(Date.now()) : Reflect.construct(target, given)),
  });
}
