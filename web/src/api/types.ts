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
export type NewPreorder = Pick<Schemas["NewPreorder"], "lines"> & Partial<Schemas["NewPreorder"]>;
export type Line = Schemas["WantedLine"];

/** A vote in the form of its feature's method. */
export type Vote = Schemas["NewVote"]["vote"];
/** feature_id -> the vote */
export type Votes = Record<string, Vote>;
/** feature_id -> the chosen option_id */
export type Variant = Record<string, string>;
