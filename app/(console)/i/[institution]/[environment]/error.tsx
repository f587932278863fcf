"use client";

// The same words inside the console's frame.
export { default } from "@/app/error";
