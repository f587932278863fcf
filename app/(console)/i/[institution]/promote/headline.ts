import type { Outputs } from "@/app/_trpc/outputs";

type Page = Outputs["promotions"]["get"];

/** What is true now, as the page's first sentence, and the line that qualifies it. */
export function headline(page: Page, name: string): { title: string; lede: string } {
  const { promotion, preview } = page;
  const confirm = {
    title: "Confirm Preview, and ask for Production",
    lede: `You confirm that the roster of commit ${preview.headSeq} is right. The vendor looks at the same snapshot and approves it. Nothing reaches classrooms before that.`,
  };
  if (preview.headSeq === 0) {
    return {
      title: "Preview comes first",
      lede: "Send files, review the plan and commit it in Preview; what is right there can go to Production.",
    };
  }
  if (promotion === null) return confirm;
  switch (promotion.state) {
    case "draft":
      return confirm;
    case "confirmed":
      return promotion.isStale
        ? { title: "Preview has moved since you confirmed", lede: `Confirm commit ${preview.headSeq} to go on.` }
        : {
            title: `Commit ${promotion.snapshotSeq ?? 0} is confirmed; ask for Production`,
            lede: "The vendor has not been asked yet. Production does not change.",
          };
    case "requested":
      return {
        title: "The vendor is asked, and has not decided yet",
        lede: "Their answer comes by mail, and stands below.",
      };
    case "changesAsked":
      return {
        title: "The vendor asks for changes",
        lede: "Change it in Preview, and confirm again. Production has not changed.",
      };
    case "approved":
    case "applying":
      return { title: "Approved: Production is being made now", lede: "You can close this page; you hear by mail when it is live." };
    case "live":
      return {
        title: `${name} is live. Is Production as it should be?`,
        lede: "Look at it once, and give the last word. Until then you can roll it back from here.",
      };
    case "confirmedLive":
      return {
        ...confirm,
        title: "Production is live and confirmed",
        lede: "A change of settings travels the same road: confirm a newer commit of Preview to promote it.",
      };
    case "rejected":
      return {
        ...confirm,
        title: "The vendor rejected the last request",
        lede: "You can confirm a commit again at any time. Production has not changed.",
      };
    case "rolledBack":
      return {
        ...confirm,
        title: "Production was rolled back",
        lede: "Nobody was erased. Put Preview right, and confirm again when it is.",
      };
    case "superseded":
      return { ...confirm, title: "Preview moved, so the last request ended", lede: `Confirm commit ${preview.headSeq} to ask again.` };
    case "expired":
      return { ...confirm, title: "Nobody decided within 14 days, so the last request ended", lede: "Ask again when you are ready." };
    default:
      return promotion.state satisfies never;
  }
}
