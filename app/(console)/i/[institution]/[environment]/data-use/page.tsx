import type { Metadata } from "next";
import { InWords } from "@/app/_components/in-words";
import { Facts, Verdict } from "@/app/_components/page-head";
import { Section } from "@/app/_components/section";
import { columnWord, ENTITY_WORDS } from "@/app/_components/words";
import { COLUMNS, ENTITIES } from "@/server/roster/entities";
import { type ConsoleParams, consoleOf } from "../_console";

export const metadata: Metadata = { title: "Data and privacy" };

/** What is read, what is kept, what is dropped, and until when: in the words of the institution's own files. */
export default async function DataUsePage({ params }: { params: Promise<ConsoleParams> }) {
  const { institution, zone } = await consoleOf(params);
  return (
    <main id="main" className="main">
      <Verdict lede={`Rollcall works for ${institution.name}: the data stay yours, are used to build your roster, and for nothing else.`}>
        We read rosters only; everything else is emptied before anything is kept.
      </Verdict>
      <Facts
        of={[
          ["Time zone", zone],
          ["Help", institution.helpContact ? <bdi key="help">{institution.helpContact}</bdi> : "no contact is set"],
        ]}
      />
      <Section id="read" title="What is read and kept">
        <table className="ledger fold">
          <thead>
            <tr>
              <th scope="col">Type</th>
              <th scope="col">Fields</th>
            </tr>
          </thead>
          <tbody>
            {ENTITIES.map((entity) => (
              <tr key={entity}>
                <th scope="row">
                  <InWords of={ENTITY_WORDS[entity].title} />
                </th>
                <td data-l="Fields" className="soft">
                  <InWords of={COLUMNS[entity].map((column) => columnWord(column.name)).join(", ")} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      <Section id="dropped" title="What is dropped, and counted">
        <ul className="stack plain-list">
          <li>Passwords: emptied row by row as the file streams in; only how many there were is noted.</li>
          <li>
            Birth dates, gender, race and ethnicity, language, meal, disability and support programme, addresses: emptied in the same way.
          </li>
          <li>Demographics, grades, results and attendance files: recognised, named on the report, and never opened.</li>
          <li>Columns that no standard names: they stay in the sealed delivery, unread, and end with it.</li>
        </ul>
      </Section>
      <Section id="kept" title="How it is kept">
        <ul className="stack plain-list">
          <li>
            Each delivery is sealed with a key of {institution.name} alone. The files as you sent them are not kept; only their fingerprint
            is.
          </li>
          <li>
            Nobody is ever erased by a sync: who is not in the files any more is archived, and comes back by themselves if they return.
          </li>
          <li>
            Until when: files of deliveries, findings, earlier versions of records and mails go by themselves after as many days as{" "}
            {institution.name} says; rosters, archived records and the audit stay as long as the institution.
          </li>
          <li>Mails about runs carry counts and never a person’s name.</li>
          <li>No page with a roster carries advertising or counts visitors, and no browser keeps a copy.</li>
        </ul>
      </Section>
    </main>
  );
}
