import { findMail } from "@/server/notify/list-mails";
import { orNotFound } from "../../_mails";

/** The HTML part by itself, under a policy that lets its inline styles be seen and nothing run. */
export async function GET(_: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  const mail = await orNotFound(findMail(id));
  return new Response(mail.html, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy":
        "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    },
  });
}
