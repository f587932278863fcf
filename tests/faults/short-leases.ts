/** Settings under which a test sees a dead worker's work taken over within seconds. */
export const SHORT_LEASES = { leaseMs: 2_000, heartbeatMs: 500, pollMs: 1_000 } as const;
