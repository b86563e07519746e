import type { Campaign } from "../api/types";
import type { MessageKey } from "../i18n/translate";

/** The states of a campaign as a fan sees them: between the end of voting and the certified result lies the counting. */
export type Stage = "draft" | "voting" | "counting" | "settled" | "preselling" | "closed" | "cancelled";

export function stageOf(campaign: Campaign, now = Date.now()): Stage {
  if (campaign.state !== "voting") return campaign.state;
  const due = campaign.voting_closes_at ? Date.parse(campaign.voting_closes_at) <= now : false;
  return campaign.voting_closed_at || due ? "counting" : "voting";
}

export const nameOf = (stage: Stage): MessageKey => `state.${stage}`;
export const detailOf = (stage: Stage): MessageKey => `state.${stage}Detail`;

/** What a fan can do now, as the words of the link to it. */
export function invitationOf(stage: Stage): MessageKey {
  if (stage === "voting") return "campaigns.vote";
  if (stage === "preselling") return "campaigns.preorder";
  return stage === "settled" || stage === "closed" ? "campaigns.seeResult" : "campaigns.see";
}

/** The result exists from `settled` on; a cancelled campaign may have been cancelled before. */
export const hasResult = (stage: Stage) => stage === "settled" || stage === "preselling" || stage === "closed";

/** The lowest unit price that the ladder can reach. */
export function lowestPriceMinor(campaign: Pick<Campaign, "price_ladder">): number {
  return Math.min(...campaign.price_ladder.map((tier) => tier.unit_price_minor));
}

export function optionLabel(campaign: Pick<Campaign, "features">, featureId: string, optionId: string): string {
  const feature = campaign.features.find((one) => one.feature_id === featureId);
  return feature?.options.find((option) => option.option_id === optionId)?.label ?? optionId;
}
