"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Icon } from "@/app/_components/icon";
import { type Filter, hrefWith } from "./filter";

/** Text in names and keys; sought on Enter, since every search reads the server's lists. */
export function TextFilter({ initial, hrefs }: { initial: string; hrefs: { path: string; address: Filter["address"] } }) {
  const router = useRouter();
  const [text, setText] = useState(initial);
  return (
    <form
      className="search push"
      onSubmit={(event) => {
        event.preventDefault();
        router.push(hrefWith(hrefs.path, hrefs.address, { text: text.trim() || null }), { scroll: false });
      }}
    >
      <label className="vh" htmlFor="search-changes">
        Search these changes
      </label>
      <Icon of={Search} />
      <input
        id="search-changes"
        data-search
        type="search"
        placeholder="Search these changes"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          if (event.currentTarget.value === "" && initial !== "")
            router.push(hrefWith(hrefs.path, hrefs.address, { text: null }), { scroll: false });
        }}
      />
    </form>
  );
}
