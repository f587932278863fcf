import type { Metadata } from "next";
import Link from "next/link";
import { Title } from "@/app/_components/page-head";
import { api, asked } from "@/app/_trpc/server";
import { PressToStop } from "./press-to-stop";

export const metadata: Metadata = { title: "Stop a kind of mail" };

/** What the link in a mail's footer opens. Opening it changes nothing: mail scanners open links too, so only the press does (T25). */
export default async function UnsubscribePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const found = await asked((await api()).notifications.lookUnsubscribe({ token: decodeURIComponent(token).slice(0, 200) }));
  if (found === null) {
    return <Title lede="It may be cut short, or whoever got it belongs to that institution no more.">This link means nothing to us</Title>;
  }
  const all = <Link href={`/i/${found.slug}/settings/notifications`}>all kinds of mail</Link>;
  if (!found.isOn) {
    return (
      <Title lede={<>You can switch it on again among {all}.</>}>
        You get no more mails “{found.label}” of <bdi>{found.institution}</bdi>
      </Title>
    );
  }
  return (
    <>
      <Title
        lede={
          <>
            {found.help} Other mails of <bdi>{found.institution}</bdi> go on; see {all}.
          </>
        }
      >
        No more mails “{found.label}”?
      </Title>
      <PressToStop token={token} />
    </>
  );
}
