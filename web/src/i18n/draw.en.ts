import type { Plural } from "./translate";

/** What is said of a wave that is drawn. */
export const drawEn = {
  "draw.title": "Draw: {title}",
  "draw.how": "The places of this wave are drawn. It makes no difference when you enter, as long as it is open: everybody who has entered has the same chance.",
  "draw.then": {
    one: "When the wave has closed, chance puts all entries in an order, and the places are given out along it. What you get is kept for you for {count} hour, to pre-order it. Entering is free and binds you to nothing.",
    other: "When the wave has closed, chance puts all entries in an order, and the places are given out along it. What you get is kept for you for {count} hours, to pre-order it. Entering is free and binds you to nothing.",
  },
  "draw.most": "You would pay at most",
  "draw.closes": "Entries close {soon} ({ahead}).",
  "draw.enter": "Enter the draw",
  "draw.replace": "Enter with this instead",
  "draw.same": "Choose differently above, and you can change your entry.",
  "draw.withdraw": "Take my entry back",
  "draw.entered": "You are in the draw.",
  "draw.withdrawn": "Your entry is taken back.",
  "draw.closed": "The wave has closed, and you are in the draw. It is held within minutes: this page shows what came of it.",
  "draw.rank": "Drawn: your rank is {rank}.",
  "draw.allotted": {
    one: "You got {count} of the {units} units that you wanted.",
    other: "You got {count} of the {units} units that you wanted.",
  },
  "draw.allottedAll": "You got everything that you wanted.",
  "draw.nothing": "The places went to the ranks before yours. You wait for what is given back, in the order of the draw.",
  "draw.leave": "Do not wait any longer",
  "draw.left": "You do not wait any longer, and nothing is kept for you.",
  "draw.lapsed": "What you had drawn was kept for you, but not taken in time, or the sale has ended.",
  "draw.checkDetail": "The order follows from a secret number and the list of entries. The fingerprint of the secret below was published before anybody could enter, so nobody can choose another one afterwards. When the wave has closed, the list is published first, and then the secret. Whoever repeats the calculation gets the same order, or something was changed. How, and a program that does it, come with the source: docs/DRAWS.md.",
  "draw.commitment": "Fingerprint of the secret",
  "draw.commitmentLater": "It is published when the pre-sale opens.",
  "draw.entryId": "Your entry in the list",
  "draw.list": "The list and the draw",
  "draw.listLater": "It is there a minute after the wave has closed.",
  "draw.keepId": "Keep this number to find your entry in the published list. It does not say who you are.",

  "problem.entries_closed": "The wave has closed and is being drawn: an entry can be given up again after the draw.",
  "problem.wave_missing": "There is no draw of this wave.",
} satisfies Record<string, string | Plural>;

export type DrawMessages = { [Key in keyof typeof drawEn]: (typeof drawEn)[Key] extends string ? string : Plural };
