/** Why a sign-in went no further; the word is all that reaches the page, in its address. */
export type SignInRefusal = "Ended" | "OtherBrowser" | "WrongCode" | "TooMany" | "Unavailable";

export class SignInRefused extends Error {
  override readonly message: SignInRefusal;

  constructor(why: SignInRefusal, more: { cause?: unknown } = {}) {
    super(why, more);
    this.name = "SignInRefused";
    this.message = why;
  }
}
