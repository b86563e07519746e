import type { Campaign, Line } from "../api/types";
import { optionLabel } from "../campaigns/stage";
import { useSpeech } from "../i18n/Language";

/** Each line in words: "2 × Deep blue, 35 mm"; by ids while the campaign is still on its way. */
export function VariantLines({ lines, campaign }: { lines: Line[]; campaign: Campaign | null }) {
  const { count } = useSpeech();
  const worded = ({ variant }: Line) =>
    Object.entries(variant).map(([featureId, optionId]) =>
      campaign ? optionLabel(campaign, featureId, optionId) : optionId,
    );
  return (
    <ul class="lines">
      {lines.map((line, index) => (
        <li key={index}>
          {count(line.quantity)} × {worded(line).join(", ")}
        </li>
      ))}
    </ul>
  );
}
