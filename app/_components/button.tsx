"use client";

import { cva, type VariantProps } from "class-variance-authority";
import Link from "next/link";
import type { ComponentProps } from "react";
import { twMerge } from "tailwind-merge";

const look = cva("btn", {
  variants: {
    kind: { plain: "", go: "go", quiet: "quiet", danger: "danger" },
    size: { md: "", sm: "sm" },
  },
  defaultVariants: { kind: "plain", size: "md" },
});

type Look = VariantProps<typeof look>;

/** A button. One that may not be pressed now stays reachable (`aria-disabled`) and says why beside it. */
export function Button({ kind, size, className, type = "button", onClick, ...rest }: ComponentProps<"button"> & Look) {
  const shut = rest["aria-disabled"] === true || rest["aria-disabled"] === "true";
  return (
    <button
      type={type}
      className={twMerge(look({ kind, size }), className)}
      onClick={shut ? (event) => event.preventDefault() : onClick}
      {...rest}
    />
  );
}

/** A link that looks like a button. */
export function LinkButton({ kind, size, className, ...rest }: ComponentProps<typeof Link> & Look) {
  return <Link prefetch={false} className={twMerge(look({ kind, size }), className)} {...rest} />;
}
