import { Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { SecretActions } from "./secret-actions";
import { TestSecrets } from "./test-secrets";

type Feed = Outputs["secrets"]["list"][number];

/** Keys and passwords by which feeds reach other systems: who set each and when, never what it is. */
export async function Secrets({ institution, zone }: { institution: string; zone: string }) {
  const feeds = await asked((await api()).secrets.list({ institution }));
  return (
    <Section id="secrets" title="Keys and passwords of feeds">
      {feeds.length === 0 ? <p className="soft">There is no feed yet, so none is kept.</p> : null}
      <ul className="stack plain-list">
        {feeds.map((feed) => (
          <li key={feed.feed}>
            {feed.secrets.length === 0 ? (
              <>
                <bdi>{feed.name}</bdi> is {feed.label}: files are sent to us, so it needs no key or password, and none is kept.
              </>
            ) : (
              <FeedSecrets institution={institution} feed={feed} zone={zone} />
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function FeedSecrets({ institution, feed, zone }: { institution: string; feed: Feed; zone: string }) {
  return (
    <div className="stack">
      <h3>
        <bdi>{feed.name}</bdi>
      </h3>
      {feed.secrets.map((secret) => (
        <div key={secret.field} className="stack">
          <p>
            <b>{secret.label}</b>
            {secret.kept === null ? (
              ": none is kept."
            ) : (
              <>
                : ends in <code>{secret.kept.fingerprint ?? "????"}</code> (of a fingerprint), set <When at={secret.kept.at} zone={zone} />
                {secret.kept.by === null ? null : (
                  <>
                    {" "}
                    by <bdi>{secret.kept.by}</bdi>
                  </>
                )}
                {secret.kept.workedAt === null ? (
                  ", not used yet"
                ) : (
                  <>
                    , last worked <When at={secret.kept.workedAt} zone={zone} />
                  </>
                )}
                . {secret.kept.hasPrevious ? "The one before is kept until this one has worked." : null}
              </>
            )}
          </p>
          <SecretActions institution={institution} feed={feed.feed} secret={secret} />
        </div>
      ))}
      <TestSecrets institution={institution} feed={feed.feed} />
    </div>
  );
}
