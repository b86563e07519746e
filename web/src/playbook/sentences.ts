import type { Batch, Campaign, Moved, Play, RunMinimum, Step } from "../api/types";
import { optionLabel } from "../campaigns/stage";
import type { Speech } from "../i18n/Language";
import { tierAt } from "../preorders/choice";

type Words = Pick<Speech, "t" | "money">;
type Agreeing = Pick<Campaign, "features" | "price_ladder" | "currency">;

/** All steps that can be played: the refund is the last, whether it is written down or not. */
export function agreedSteps(campaign: Pick<Campaign, "playbook">): Step[] {
  const refund = campaign.playbook.findIndex((step) => step.kind === "refund");
  const before = refund < 0 ? campaign.playbook : campaign.playbook.slice(0, refund);
  return [...before, { kind: "refund" }];
}

/** What a step of the playbook does, in a sentence. */
export function stepSentence(step: Step, campaign: Agreeing, { t, money }: Words): string {
  switch (step.kind) {
    case "extend":
      return t("playbook.extend", { count: step.days });
    case "top_up":
      return t("playbook.topUp", { count: step.hours });
    case "fold": {
      const label = (option: string) => optionLabel(campaign, step.feature_id, option);
      return t("playbook.fold", { from: label(step.from_option), into: label(step.into_option) });
    }
    case "next_tier": {
      const price = tierAt(campaign.price_ladder, step.minimum)?.unit_price_minor ?? 0;
      return t("playbook.nextTier", { count: step.minimum, price: money(price, campaign.currency) });
    }
    case "roll":
      return t("playbook.roll");
    case "refund":
      return t("playbook.refund");
  }
}

/** Where pre-orders have moved to, once they have; empty for every other step. */
export function rolledWords(play: Pick<Play, "into_batch" | "into_ships_at">, { t, count, day }: Pick<Speech, "t" | "count" | "day">): string {
  if (play.into_batch === null || play.into_ships_at === null) return "";
  return t("playbook.rolled", { number: count(play.into_batch), day: day(play.into_ships_at) });
}

/** What is made from so many units on, or not at all. */
export function minimumSentence(minimum: RunMinimum, campaign: Agreeing, { t }: Words): string {
  switch (minimum.kind) {
    case "option": {
      const option = optionLabel(campaign, minimum.feature_id, minimum.option_id);
      return t("runs.option", { count: minimum.units, option });
    }
    case "part":
      return t("runs.part", { count: minimum.units, part: minimum.sku });
    case "variant":
      return t("runs.variant", { count: minimum.units });
  }
}

/** Where a step of a batch stands: it has had its turn, is the next one, or comes later. */
export type Turn = "played" | "passed" | "next" | "later";

export function turnOf(index: number, batch: Pick<Batch, "played" | "state">): Turn {
  const play = batch.played.find((one) => one.index === index);
  if (play) return play.passed ? "passed" : "played";
  const decided = batch.state !== "open" && batch.state !== "confirmed";
  return index === batch.played.length && !decided ? "next" : "later";
}

/** When the batch is judged next: at its end, or when what it waits for is over. */
export function judgedAt(batch: Pick<Batch, "closes_at" | "waiting_until">): string {
  const { closes_at: end, waiting_until: until } = batch;
  return until !== null && Date.parse(until) > Date.parse(end) ? until : end;
}

/** What a run is called: "Red" for `colour=red`, the part's number for `part X`, the whole variant otherwise. */
export function runWords(run: string, campaign: Pick<Campaign, "features">): string {
  if (run.startsWith("part ")) return run.slice("part ".length);
  const options = run.split("|").map((choice) => choice.split("=") as [string, string]);
  return options.map(([featureId, optionId]) => optionLabel(campaign, featureId, optionId)).join(", ");
}

/** What became of a line at the lock, and why. */
export function moveSentence(move: Moved, campaign: Campaign, variant: (one: Moved["was"]) => string, { t }: Words): string {
  const run = move.run ? runWords(move.run, campaign) : "";
  const now = move.now ? variant(move.now) : "";
  const words = { count: move.wanting, was: variant(move.was), now, run };
  return t(`moves.${move.kind}`, words);
}
