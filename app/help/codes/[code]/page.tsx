import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { helpHref } from "@/app/_components/help-href";
import { Crumbs, Title } from "@/app/_components/page-head";
import { Section } from "@/app/_components/section";
import type { CodeHelp } from "@/server/roster/codes/code";
import { helpOf, isIssueCode } from "@/server/roster/issue-codes";
import { inWords } from "@/server/roster/labels";
import { type HelpSearch, helpWords } from "../help-words";
import { SEVERITY_WORDS, Severity } from "../severity";

interface CodePageProps extends HelpSearch {
  params: Promise<{ code: string }>;
}

async function helpFor(params: CodePageProps["params"]): Promise<{ code: string; help: CodeHelp }> {
  const { code } = await params;
  return isIssueCode(code) ? { code, help: helpOf(code) } : notFound();
}

export async function generateMetadata({ params }: CodePageProps): Promise<Metadata> {
  return { title: (await helpFor(params)).help.title };
}

/** What one finding means, an example of it, and how to mend it. */
export default async function CodePage({ params, searchParams }: CodePageProps) {
  const { of, words } = await helpWords(searchParams);
  const { code, help } = await helpFor(params);
  return (
    <>
      <Crumbs up={[{ href: helpHref(of), word: "Findings" }]} here={code} />
      <Title beside={<Severity of={help.severity} />} lede={SEVERITY_WORDS[help.severity].sentence}>
        {inWords(help.title, words)}
      </Title>
      <Section id="meaning" title="What it means">
        <p>{inWords(help.meaning, words)}</p>
      </Section>
      {help.example ? (
        <Section id="example" title="Example">
          <pre className="example">
            <code>{help.example}</code>
          </pre>
        </Section>
      ) : null}
      <Section id="fix" title="How to mend it in your SIS">
        <p>{inWords(help.fix, words)}</p>
      </Section>
    </>
  );
}
