export * from "./audit";
export * from "./auth";
export * from "./feeds";
export * from "./outbox";
export * from "./plans";
export * from "./promotion";
export * from "./runs";
export * from "./tenancy";
