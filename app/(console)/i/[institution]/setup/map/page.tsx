import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { count, percent } from "@/app/_components/counting";
import { Empty } from "@/app/_components/empty";
import { InWords } from "@/app/_components/in-words";
import { Note } from "@/app/_components/note";
import { Title } from "@/app/_components/page-head";
import { Scroll, Section } from "@/app/_components/section";
import { columnWord, ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { api } from "@/app/_trpc/server";
import { type SetupParams, setupOf } from "../_setup";

export const metadata: Metadata = { title: "Match columns" };

type Column = Outputs["onboarding"]["check"]["columns"][number];

/** How every column of the newest files was understood: with exact headers there is nothing to match, and this says so. */
export default async function MapPage({ params }: { params: Promise<SetupParams> }) {
  const { setup, place, home, can, institution } = await setupOf(params);
  const feed = setup.feeds.findLast(({ delivery }) => delivery !== null);
  if (feed?.delivery == null) redirect(`${home}/connect`);
  if (!can("delivery:create")) {
    return (
      <main id="main" className="main">
        <Title>Only admins look into the files.</Title>
        <Empty title="You can look at every run and every list">Ask an admin of {institution.name}.</Empty>
      </main>
    );
  }
  const check = await (await api()).onboarding.check({ institution: place.institution, delivery: feed.delivery.id });
  const files = [...new Set(check.columns.map(({ file }) => file))];
  return (
    <main id="main" className="main">
      {files.length === 0 ? (
        <>
          <Title>The columns could not be read.</Title>
          <p className="lede">
            The test of the files says why. <Link href={`${home}/connect?feed=${feed.id}`}>See the connection test</Link>
          </p>
        </>
      ) : (
        <>
          <Title lede="Of people you see the shape of three values and no name; of everything else the values themselves.">
            Every column of {feed.label} is known. There is nothing to match.
          </Title>
          <Note tone="ok">
            <p>
              {count(check.columns.length)} columns in {count(files.length)} files were recognised by their headers. Columns that no
              standard names are not read; the <Link href={`${home}/connect?feed=${feed.id}`}>connection test</Link> names them.
            </p>
          </Note>
          {files.map((file) => (
            <FileColumns key={file} file={file} columns={check.columns.filter((column) => column.file === file)} />
          ))}
        </>
      )}
    </main>
  );
}

function FileColumns({ file, columns }: { file: string; columns: readonly Column[] }) {
  const [first] = columns;
  if (first === undefined) return null;
  return (
    <Section
      id={`columns-${file}`}
      title={file}
      beside={
        <span className="small soft">
          <InWords of={ENTITY_WORDS[first.entity].title} />
        </span>
      }
    >
      <Scroll label={`Columns of ${file}`}>
        <table className="ledger columns-table">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Read as</th>
              <th scope="col" className="num">
                Filled
              </th>
              <th scope="col">Three values</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <tr key={column.column}>
                <th scope="row" className="mono">
                  {column.heading}
                </th>
                <td>
                  <InWords of={columnWord(column.column)} />
                </td>
                <td className="num">{column.of === 0 ? "–" : percent(column.filled / column.of)}</td>
                <td>
                  {column.samples.length === 0 ? (
                    <span className="soft">empty: it changes nothing</span>
                  ) : (
                    column.samples.map((sample) => (
                      <bdi key={sample} className="sample">
                        {sample}
                      </bdi>
                    ))
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Section>
  );
}
