/** Options of a connection pool that outlives its server: the driver's own patience grows to 20 s, longer than a restart takes. */
export const RECONNECTION = { backoff: () => 0.25, connect_timeout: 10 } as const;
