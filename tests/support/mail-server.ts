import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

/** A real SMTP server on loopback that keeps what it takes. */
export async function mailServer() {
  const received: { to: string[]; parsed: Awaited<ReturnType<typeof PostalMime.parse>> }[] = [];
  const refused = new Map<string, number>();
  let isRefusing = false;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onMailFrom: (_, __, done) => {
      done(isRefusing ? Object.assign(new Error("try later"), { responseCode: 451 }) : null);
    },
    onRcptTo: ({ address }, _, done) => {
      const code = refused.get(address);
      done(code === undefined ? null : Object.assign(new Error("no such mailbox"), { responseCode: code }));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", async () => {
        const to = session.envelope.rcptTo.map((recipient) => recipient.address);
        received.push({ to, parsed: await PostalMime.parse(Buffer.concat(chunks)) });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("The mail server has no port");
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    received,
    refuse: (refusing: boolean) => {
      isRefusing = refusing;
    },
    refuseRecipient: (to: string, code: number) => {
      refused.set(to, code);
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
