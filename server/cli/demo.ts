import { commandActor } from "@/server/auth/actor";
import { totpCode } from "@/server/auth/totp";
import { closeDatabases } from "@/server/database";
import { AppError } from "@/server/errors";
import { listMails } from "@/server/notify/list-mails";
import { createInstitution } from "@/server/services/institutions/create";
import { addMember } from "@/server/services/members/add";
import { signInLink } from "@/server/services/sign-in/link-for";
import { addStaff } from "@/server/services/vendor/add-staff";
import { SOURCES } from "@/server/sources";
import { type Person, personAt } from "@/server/trpc/person";
import type { GivenTo } from "./commands";
import { demoDeliveries } from "./demo-district";
import { eachEntity, emptyRoster, expectRoster, expectRun, shownCounts, steadyStudents } from "./demo-expected";
import { commit, type Place, prepare, refuseStudent, upload } from "./demo-play";
import { printMail, printRoster, printRun } from "./demo-print";
import { enrolApp, signInByCode, signInByLink } from "./demo-sign-in";
import { type RunningSystem, startSystem } from "./demo-system";

/** The command `demo`. Resolves to the exit code when the system was stopped. */
export async function runDemo({ exit }: GivenTo<"demo">): Promise<number> {
  const system = await startSystem();
  // A terminal's Ctrl-C reaches the system by itself too; asked twice, it ends once.
  process.on("SIGINT", () => void system.stop());
  process.on("SIGTERM", () => void system.stop());
  try {
    const wrong = await play(system);
    console.log(wrong === 0 ? "\nEvery count is what a second reading of the deliveries computes." : `\n${wrong} counts are wrong.`);
    if (exit) return wrong === 0 ? 0 : 1;
    console.log("\nIt stays up until Ctrl-C.");
    await system.ended;
    return 0;
  } finally {
    await closeDatabases();
    await system.stop();
  }
}

async function play(system: RunningSystem): Promise<number> {
  const { slug, admin } = await demoInstitution();
  // Somebody of this demo's own, too: an earlier one's second factor is known to nobody any more.
  const vendor = await addStaff({ email: `sam.${slug}@vendor.example`, name: "Sam Ortiz", role: "admin" });
  const place: Place = { institution: slug, environment: "preview" };
  const person = personAt(system.url);
  await signInByLink(person, admin);
  const [source] = SOURCES;
  const feed = await person.api.feeds.create.mutate({ institution: slug, name: "SIS export", source: source?.key ?? "" });
  const { wrong, number } = await playRuns(person, { place, feed: feed.id });
  const mail = (await listMails()).find(({ kind, recipient }) => kind === "committed" && recipient === admin);
  if (mail !== undefined) printMail(mail);
  const staff = personAt(system.url);
  await signInByCode(staff, vendor.email);
  const factor = await enrolApp(staff);
  const seen = await staff.api.vendor.institutions.list.query();
  console.log(`\nThe vendor sees ${seen.length} institution${seen.length === 1 ? "" : "s"}.`);
  console.log(`\nThe report         ${system.url}/i/${slug}/preview/runs/${number}`);
  console.log(`Sign in as admin   ${atUrl(await signInLink(admin), system.url)}`);
  console.log(`Sign in as vendor  ${atUrl(await signInLink(vendor.email), system.url)}`);
  console.log(`  second factor    ${factor.recoveryCodes[0]} as recovery code, once`);
  console.log(`                   or ${factor.secret} in an app that shows codes (now ${totpCode(factor.secret, new Date())})`);
  console.log(`All e-mails        ${system.url}/dev/mail`);
  return wrong + (mail === undefined ? 1 : 0);
}

/** Monday's roster is reviewed and one student refused, Tuesday's is committed as it is, Wednesday's is a quick run. */
async function playRuns(person: Person, to: { place: Place; feed: number }): Promise<{ wrong: number; number: number }> {
  const deliveries = demoDeliveries();
  let roster = emptyRoster();
  let refusedUser = "";
  let wrong = 0;
  let number = 0;
  for (const delivery of deliveries) {
    const id = await upload(person, { ...to, delivery });
    number = await prepare(person, { ...to, delivery: id, kind: delivery.kind });
    const run = { ...to.place, run: number };
    if (refusedUser === "") refusedUser = await refuseStudent(person, run, steadyStudents(deliveries));
    await commit(person, run);
    const { counts } = await person.api.runs.get.query(run);
    const { counts: expected, after } = expectRun(roster, { delivery, refusedUser });
    roster = after;
    const counted = eachEntity((entity) => shownCounts(counts[entity]));
    wrong += printRun({ number, title: `${delivery.day}'s delivery, ${delivery.kind}`, counted, expected });
  }
  const { counts } = await person.api.roster.counts.query(to.place);
  return { wrong: wrong + printRoster(counts, expectRoster(roster)), number };
}

/** An institution of this demo's own: the counts of an earlier one would be in the way. */
async function demoInstitution(): Promise<{ slug: string; admin: string }> {
  for (let attempt = 1; ; attempt++) {
    const slug = attempt === 1 ? "harlow-valley" : `harlow-valley-${attempt}`;
    const admin = `dana@${slug}.example`;
    try {
      await createInstitution(
        { kind: "command", accountId: null },
        {
          slug,
          name: "Harlow Valley Unified",
          timeZone: "America/Los_Angeles",
          ownerEmail: `owner@${slug}.example`,
          ownerName: "Alex Whitfield",
        },
      );
      await addMember(await commandActor(slug), { email: admin, name: "Dana Whitfield", role: "admin" });
      return { slug, admin };
    } catch (cause) {
      if (!(cause instanceof AppError && cause.code === "CONFLICT")) throw cause;
    }
  }
}

/** Links are made by this process, which does not know on which port the system found room. */
function atUrl(link: string, url: string): string {
  const { pathname, search } = new URL(link);
  return new URL(`${pathname}${search}`, url).toString();
}
