import { lasting } from "@/app/_components/clock";

/** Runs belong to no one place, so the times of this console are UTC. */
export const ZONE = "UTC";

/** A function as people call it: its id without the app's. */
export const functionWord = (fnId: string): string => fnId.replace(/^rollcall-/, "");

/** A duration, to the millisecond where that is all there is. */
export const took = (milliseconds: number): string => (milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : lasting(milliseconds));
