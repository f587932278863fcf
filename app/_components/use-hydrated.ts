"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** Whether the page's own code is at work in the browser: false in what the server sends, true from then on. */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
