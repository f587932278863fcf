/** Waits that can be cut short: whoever rings wakes the sleeper, and a ring during work is not lost. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, at once when it rang since the last wait, else after `ms`. */
  wait(ms: number): Promise<void>;
}

export function bell(): Bell {
  let rung = false;
  let wake: (() => void) | null = null;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    wait: async (ms) => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = null;
      rung = false;
    },
  };
}
