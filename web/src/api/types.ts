/**
 * The answers of the API under the names of the page. Generated from docs/openapi.json by `npm run types`;
 * only what a schema cannot say is added here. Times are ISO-8601 UTC, money is integer minor units.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Campaign = Schemas["Campaign"];
export type CampaignPage = Schemas["CampaignPage"];
export type Feature = Schemas["Feature"];
export type Option = Schemas["Option"];

export type Method = Feature["method"];
export type NewOverruling = Schemas["NewOverruling"];

export type Ballot = Schemas["Ballot"];
export type ScreenSet = Schemas["ScreenSet"];
/** One answered screen of a best-worst feature. */
export type Screen = Schemas["Screen"];
export type Tally = Schemas["Tally"];
export type FeatureTally = Schemas["FeatureTally"];
export type Result = Schemas["Result"];
export type FeatureResult = Schemas["FeatureResult"];
export type Round = Schemas["Round"];
export type Tie = Schemas["Tie"];
export type BallotList = Schemas["BallotList"];
export type LinePage = Schemas["LinePage"];
export type BallotLine = LinePage["items"][number];
export type Insight = Schemas["Insight"];

export type Batch = Schemas["Batch"];
export type BatchList = Schemas["BatchList"];

export type Quote = Schemas["Quote"];
export type Preorder = Schemas["Preorder"];
export type PreorderState = Preorder["state"];
export type PreorderPage = Schemas["PreorderPage"];
/** What may be left out of a request has a default, which the generator counts as always there. */
type Sent<Body, Needed extends keyof Body> = Pick<Body, Needed> & Partial<Body>;
export type Line = Sent<Schemas["WantedLine"], "variant" | "quantity">;
export type Wanted = Omit<Sent<Schemas["NewQuote"], "lines">, "lines"> & { lines: Line[] };
export type NewPreorder = Omit<Sent<Schemas["NewPreorder"], "lines">, "lines"> & { lines: Line[] };
export type PreorderChanges = Omit<Partial<Schemas["PreorderChanges"]>, "lines"> & { lines?: Line[] };
export type Address = Schemas["Address"];
export type Moved = Schemas["Moved"];

export type QuotePart = Schemas["QuotePart"];
export type Thread = Schemas["Thread"];
export type NewShipDate = Schemas["NewShipDate"];
export type NewTopUp = { lines: Pick<Line, "variant" | "quantity">[] };

export type Wave = Schemas["AnnouncedWave"];
export type Entry = Schemas["ShownEntry"];
export type Offer = Schemas["ShownOffer"];
/** A fan's entry in the draw of a wave; rank and what was allotted are known after it. */
export type DrawEntry = Schemas["ShownDrawEntry"];
export type NewEntry = Sent<Schemas["NewEntry"], "lines">;

export type Step = Campaign["playbook"][number];
export type Play = Schemas["Play"];
export type RunMinimum = Campaign["run_minimums"][number];
export type ShipDate = Schemas["ShipDate"];
export type SlipAnswer = Schemas["NewChoice"]["choice"];

/** A vote in the form of its feature's method. */
export type Vote = Schemas["NewVote"]["vote"];
/** feature_id -> the vote */
export type Votes = Record<string, Vote>;
/** feature_id -> the chosen option_id */
export type Variant = Record<string, string>;
