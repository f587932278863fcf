"use client";

import { useEffect } from "react";

const READY = "page:ready";

/**
 * Holds what is pressed before there is code that listens, and presses it again then: on a slow line a page is seen for
 * seconds before its buttons do anything. Links go where they lead by themselves and are left alone. The moment at which this ends
 * is marked, so that a browser's tools, and tests, can tell it.
 */
const HOLD = `{
  const held = [];
  const hold = (event) => {
    const pressed = event.target.closest("button, label:has(input), input[type=checkbox], input[type=radio]");
    if (pressed === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held.push(pressed);
  };
  addEventListener("click", hold, true);
  addEventListener("${READY}", () => {
    removeEventListener("click", hold, true);
    performance.mark("${READY}");
    for (const pressed of held) if (pressed.isConnected) pressed.click();
  }, { once: true });
}`;

/** Stands last on every page, so that its effect is the last of the page's: by then everything listens. */
export function EarlyPresses({ nonce }: { nonce: string | undefined }) {
  useEffect(() => {
    // After the render that follows hydration, which wakes the ticks.
    const timer = setTimeout(() => dispatchEvent(new Event(READY)));
    return () => clearTimeout(timer);
  }, []);
  // A constant of this file; browsers hide the nonce from the page's code.
  return (
    <script nonce={nonce} suppressHydrationWarning>
      {HOLD}
    </script>
  );
}
