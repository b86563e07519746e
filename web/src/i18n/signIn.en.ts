import type { Plural } from "./translate";

/** What the sign-in dialog says. */
export const signInEn = {
  "signIn.title": "Sign in",
  "signIn.purpose": "One person, one ballot: your name keeps your ballot and your pre-orders together.",
  "signIn.purposeAway": "One person, one ballot: your e‑mail address keeps your ballot and your pre-orders together. Our sign-in page asks for it, and then you are back here, with everything as you left it.",
  "signIn.expired": "Your sign-in has expired. Sign in again and we carry on where you were.",
  "signIn.name": "Your name",
  "signIn.nameMissing": "Enter your name.",
  "signIn.organises": "I organise campaigns",
  "signIn.submit": "Sign in and continue",
  "signIn.cancel": "Cancel",
  "signIn.unavailable": "Signing in is not possible here at the moment.",

  "problem.sign_in_denied": "The sign-in was cancelled or refused, so you are not signed in. You can try again.",
  "problem.sign_in_foreign": "This sign-in was not begun in this tab, so it was not accepted. Please sign in from here.",
  "problem.sign_in_late": "The sign-in took too long, and its code is no longer valid. Please sign in once more.",
  "problem.sign_in_unavailable": "The sign-in gives no answer at the moment. Please try again in a minute.",
  "problem.sign_in_failed": "The sign-in did not work, so you are not signed in. Please try again.",
} satisfies Record<string, string | Plural>;

export type SignInMessages = { [Key in keyof typeof signInEn]: string };
