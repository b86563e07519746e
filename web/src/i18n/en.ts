import type { Plural } from "./translate";

/** English, and by its keys the measure of completeness for every other language. */
export const en = {
  "app.tagline": "Say what you want. Only then is it made.",
  "app.skip": "Skip to content",
  "app.navigation": "Main",
  "app.otherLanguage": "Polski",
  "app.footer": "Every number shown here can be recomputed from the ballots and pre-orders behind it.",
  "app.timeZone": "Times are in your time zone ({zone}).",
  "app.broken": "Something on this page broke",
  "app.brokenDetail": "Nothing you confirmed is lost. Load the page again to carry on.",
  "app.reload": "Load the page again",
  "app.missing": "Page not found",
  "app.missingDetail": "There is nothing at this address. It may have been moved, or the link was cut short.",
  "app.toCampaigns": "See all campaigns",
  "app.loading": "Loading",
  "app.tryAgain": "Try again",
  "app.stale": "No connection at the moment. The numbers shown may be behind; we keep trying.",
  "app.loadFailed": "This could not be loaded",
  "app.more": "Show more",

  "country.choose": "Choose a country",

  "signIn.open": "Sign in",
  "signIn.out": "Sign out",
  "signIn.as": "Signed in as {name}",
  "signIn.working": "Signing in…",
  "signIn.needed": "You are not signed in, so nothing was sent.",

  "campaigns.title": "Campaigns",
  "campaigns.lead": "Vote on how a product should be, pre-order it together, and it goes into production once enough people have.",
  "campaigns.empty": "No campaigns yet",
  "campaigns.emptyDetail": "As soon as an organiser opens one, it appears here.",
  "campaigns.vote": "Vote",
  "campaigns.preorder": "Configure and pre-order",
  "campaigns.seeResult": "See the result",
  "campaigns.see": "See the campaign",
  "campaigns.closesAt": "Voting closes {moment}",
  "campaigns.from": "from {price}",
  "campaigns.decisions": { one: "{count} decision to take", other: "{count} decisions to take" },

  "state.draft": "Draft",
  "state.voting": "Voting",
  "state.counting": "Counting",
  "state.settled": "Result certified",
  "state.preselling": "Pre-sale open",
  "state.closed": "Closed",
  "state.cancelled": "Cancelled",
  "state.draftDetail": "The organiser is still preparing this campaign.",
  "state.votingDetail": "Vote on each feature. You can change your ballot until voting closes.",
  "state.countingDetail": "Voting has closed. Every ballot is being counted again before the result is certified.",
  "state.settledDetail": "The result is certified. The pre-sale has not opened yet.",
  "state.presellingDetail": "Configure your variant and pre-order. It is made once the minimum is reached.",
  "state.closedDetail": "The pre-sale is over.",
  "state.cancelledDetail": "The organiser has cancelled this campaign.",

  "result.title": "What the fans decided",

  "organise.open": "Organiser's view",

  "batch.progress": "Progress of batch {number}",
  "batch.progressText": "{secured} secured of a minimum of {minimum}; {capacity} fit in",
  "batch.open": {
    one: "{count} more unit until it is made",
    other: "{count} more units until it is made",
  },
  "batch.confirmed": "Minimum reached: it will be made",
  "batch.locked": "Locked: the count and the price are final",
  "batch.collecting": "Collecting the balances",
  "batch.ordered": "Ordered from the manufacturer",
  "batch.shipped": "Shipped",
  "batch.completed": "Completed",
  "batch.short": "Minimum missed: nobody pays, all pre-orders are released",
  "batch.rolled": "Minimum missed: pre-orders moved to batch {number}, as far as it had room",
  "batch.cancelled": "Cancelled: nobody pays",

  "preorders.title": "My pre-orders",

  "problem.network": "No answer came back. Check your connection and try again.",
  "problem.unexpected": "Something went wrong on our side. Please try again in a moment.",
  "problem.config": "This page could not load its settings, so nothing can be loaded or sent. Please try again in a moment.",
  "problem.unauthorized": "You need to sign in again.",
  "problem.busy": "Many people are doing this right now. Nothing was changed: please try again in a moment.",
  "problem.campaign_missing": "This campaign does not exist any more.",
  "problem.campaign_ended": "This campaign has ended.",
  "problem.too_many_requests": "Too much was sent in the last minute. Nothing was changed: please wait a minute and try again.",
  "problem.role_forbidden": "Only fans can do this. Sign in as a fan.",
  "problem.token_refused": "You need to sign in again.",
} satisfies Record<string, string | Plural>;

/** The same keys in every language; a plural stays a plural, a sentence a sentence. */
export type Messages = { [Key in keyof typeof en]: (typeof en)[Key] extends string ? string : Plural };
