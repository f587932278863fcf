import { TRPCError } from "@trpc/server";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { AppError } from "@/server/errors";
import { createContext } from "@/server/trpc/init";
import { appRouter } from "@/server/trpc/root";
import { PATH_HEADER } from "./path-header";

/** Procedures as the reader of this request, for pages that are made on the server. */
export const api = cache(async () => appRouter.createCaller(await createContext({ headers: await headers() })));

/**
 * Asks for what a page shows. Who is not signed in goes to the sign-in page and comes back to this one, as does who did not give
 * the second factor that the staff console asks for; what is foreign or unknown is the same page for both.
 */
export async function asked<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (cause) {
    if (cause instanceof TRPCError) {
      const here = encodeURIComponent((await headers()).get(PATH_HEADER) ?? "/");
      if (cause.code === "UNAUTHORIZED") redirect(`/login?to=${here}`);
      if (cause.cause instanceof AppError && cause.cause.code === "SECOND_FACTOR") redirect(`/vendor/sign-in?to=${here}`);
      if (cause.code === "NOT_FOUND" || cause.code === "FORBIDDEN" || cause.code === "BAD_REQUEST") notFound();
    }
    throw cause;
  }
}
