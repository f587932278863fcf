"use client";

import { signOut } from "next-auth/react";
import { useState } from "react";

/** Ends this session; the page is loaded anew, so that nothing of it stays in the browser's memory. */
export function SignOut() {
  const [isLeaving, setIsLeaving] = useState(false);
  return (
    <button
      type="button"
      className="iconlink"
      disabled={isLeaving}
      onClick={() => {
        setIsLeaving(true);
        void signOut({ callbackUrl: "/login" });
      }}
    >
      Sign out
    </button>
  );
}
