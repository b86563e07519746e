import type { Plural } from "./translate";

/** What is said of the waiting list, and of what is kept for somebody. */
export const waitingEn = {
  "waiting.title": "Waiting list",
  "waiting.how": {
    one: "Places that are given back are offered in the order of joining. You then have {count} hour to take yours. Joining is free and binds you to nothing.",
    other: "Places that are given back are offered in the order of joining. You then have {count} hours to take yours. Joining is free and binds you to nothing.",
  },
  "waiting.whichUnits": "How many units",
  "waiting.all": {
    one: "Only {count} unit",
    other: "Only all {count} units together",
  },
  "waiting.fewer": {
    one: "Up to {count} unit",
    other: "Up to {count} units: fewer are welcome too",
  },
  "waiting.join": "Join the waiting list",
  "waiting.working": "One moment…",
  "waiting.joined": "You are on the waiting list.",
  "waiting.first": "You are next: your place on the list is 1.",
  "waiting.place": "Your place on the list: {place}",
  "waiting.placeAtLeast": "Your place on the list: {place} or later",
  "waiting.keepLooking": {
    one: "When it is your turn, this page says so, and you have {count} hour to answer.",
    other: "When it is your turn, this page says so, and you have {count} hours to answer.",
  },
  "waiting.leave": "Leave the list",
  "waiting.left": "You are no longer on the list, and nothing is kept for you.",
  "waiting.turn": "It is your turn.",
  "waiting.offered": {
    one: "{count} unit is kept for you until {soon}: it ends {ahead}.",
    other: "{count} units are kept for you until {soon}: it ends {ahead}.",
  },
  "waiting.offeredFewer": "These are fewer than you wanted: nothing more is free at the moment.",
  "waiting.take": "Pre-order for at most {most}",
  "waiting.decline": "Decline: the next in line gets it",
  "waiting.lapsed": "You were on the list, but an offer was not taken in time, or the sale had ended. You can join again.",

  "problem.room_left": "There is room again: you can order right away instead of waiting.",
  "problem.already_waiting": "You are on this waiting list already, or have an offer. Leave it first to wait for something else.",
  "problem.entry_missing": "You are not on this waiting list.",
} satisfies Record<string, string | Plural>;

export type WaitingMessages = { [Key in keyof typeof waitingEn]: (typeof waitingEn)[Key] extends string ? string : Plural };
