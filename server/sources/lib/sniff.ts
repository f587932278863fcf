import type { IssueCode } from "@/server/roster/issue-codes";

/** What the first bytes of a file say that it is, where that is not CSV text; null where it may be. */
export function sniff(head: Buffer): { code: IssueCode; detail: string } | null {
  const text = head
    .toString("latin1")
    .replace(/^(\u00ef\u00bb\u00bf)+/, "")
    .trimStart();
  if (text.startsWith("PK\u0003\u0004"))
    return { code: "LOOKS_LIKE_EXCEL", detail: "This is an Excel workbook or a zip; save it as CSV UTF-8." };
  if (text.startsWith("\u00d0\u00cf\u0011\u00e0"))
    return { code: "LOOKS_LIKE_EXCEL", detail: "This is an old Excel workbook; save it as CSV UTF-8." };
  if (text.startsWith("%PDF")) return { code: "LOOKS_LIKE_PDF", detail: "This is a PDF document; choose CSV as the format of the export." };
  if (text.startsWith("\u001f\u008b")) return { code: "LOOKS_LIKE_GZIP", detail: "This file is packed with gzip; unpack it first." };
  if (/^<(!doctype|html|head|body|\?xml)/i.test(text))
    return { code: "LOOKS_LIKE_HTML", detail: "This is a web page, probably because the export needs sign-in." };
  if (/^[[{]\s*(["{[\]}]|$)/.test(text))
    return { code: "LOOKS_LIKE_JSON", detail: "This is JSON, as an API answers; export CSV or connect the API." };
  return null;
}
