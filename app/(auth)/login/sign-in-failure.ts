/** What the sign-in's own words for a failure mean to people. */
export function signInFailure(error: string | null | undefined): string {
  switch (error) {
    case "OtherBrowser":
      return "This link was asked for in another browser. Open it there, or type the code of the same mail where you asked for it.";
    case "Ended":
      return "This link or code has ended: it was used, replaced by a newer one, or is older than ten minutes. Send a new one.";
    case "WrongCode":
      return "That is not the code of the newest mail. Look again; letters and figures count, spaces do not.";
    case "TooMany":
      return "There were too many tries. Send a new mail and use its code.";
    default:
      return "Signing in did not work. Check your connection and try again.";
  }
}
