import type { Plural } from "./translate";

/** What is said of waves. */
export const wavesEn = {
  "waves.title": "Waves",
  "waves.open": "Open",
  "waves.coming": "To come",
  "waves.over": "Over",
  "waves.opens": "Opens {soon} ({ahead}).",
  "waves.closes": "Open until {soon}: it closes {ahead}.",
  "waves.closed": "Closed on {moment}.",
  "waves.forEverybody": "For everybody",
  "waves.regions": "For people in: {countries}",
  "waves.withCode": "With an access code",
  "waves.byLot": "Given out by lot",
  "waves.limit": {
    one: "At most {count} unit per fan",
    other: "At most {count} units per fan",
  },
  "waves.units": {
    one: "{count} unit left of {units}",
    other: "{count} units left of {units}",
  },
  "waves.checkDraw": "How anybody can check this draw",
  "waves.drawnUnits": {
    one: "{count} unit to be drawn",
    other: "{count} units to be drawn",
  },
  "waves.rule": "What a wave leaves goes to those who wait, then to the next wave, and after the last to everybody.",
  "waves.everybodyFrom": "The last wave ends {soon}.",
  "waves.country": "Your country",
  "waves.countryHint": "A wave that is open is for certain countries.",
  "waves.code": "Access code",
  "waves.codeHint": "Exactly as you were given it. It is not kept.",
} satisfies Record<string, string | Plural>;

export type WavesMessages = { [Key in keyof typeof wavesEn]: (typeof wavesEn)[Key] extends string ? string : Plural };
