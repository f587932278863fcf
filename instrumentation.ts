import { letUploadsLast } from "@/server/processes/upload-time";

/** Called by Next once, when the web process starts. */
export function register(): void {
  letUploadsLast();
}
