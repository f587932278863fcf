import { CircleUser } from "lucide-react";
import Link from "next/link";
import type { Outputs } from "@/app/_trpc/outputs";
import { Icon } from "./icon";

/** Who is signed in, and the way to what is theirs alone. */
export function AccountLink({ account }: { account: Outputs["session"]["get"]["account"] }) {
  return (
    <Link className="iconlink" href="/account" title="Your account and where you are signed in">
      <Icon of={CircleUser} />
      <bdi>{account.name ?? account.email}</bdi>
    </Link>
  );
}
