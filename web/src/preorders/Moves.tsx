import type { Campaign, Preorder } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { moveSentence } from "../playbook/sentences";
import { VariantLines, variantWords } from "./VariantLines";

/** What became of a pre-order's lines at the lock, each with its reason, and what is made in the end. */
export function Moves({ preorder, campaign }: { preorder: Preorder; campaign: Campaign }) {
  const speech = useSpeech();
  const { t } = speech;
  const worded = (line: { variant: Record<string, string>; quantity: number }) =>
    t("moves.units", { count: line.quantity, variant: variantWords(line.variant, campaign) });
  return (
    <div class="moves">
      <h3>{t("moves.title")}</h3>
      <ul class="bullets">
        {preorder.moves.map((move, index) => (
          <li key={index}>{moveSentence(move, campaign, worded, speech)}</li>
        ))}
      </ul>
      {preorder.settled_lines && (
        <>
          <p class="muted">{t("moves.settled")}</p>
          <VariantLines lines={preorder.settled_lines} campaign={campaign} />
        </>
      )}
    </div>
  );
}
