import { groundswell } from "../api/groundswell";
import type { Wave } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { useLive } from "../live/useLive";

/** What anybody needs to repeat a draw: the commitment from the start, the list and the seed once they are published. */
export function DrawProof({ campaignId, wave, over }: { campaignId: string; wave: Wave; over: boolean }) {
  const { t } = useSpeech();
  const address = useLive(`draw ${campaignId} ${wave.number} address`, () => groundswell.drawAddress(campaignId, wave.number));
  return (
    <div class="stack">
      <p>{t("draw.checkDetail")}</p>
      <dl class="proof">
        <dt>{t("draw.commitment")}</dt>
        <dd>{wave.commitment ? <code>{wave.commitment}</code> : t("draw.commitmentLater")}</dd>
        <dt>{t("draw.list")}</dt>
        <dd>{over && address.value ? <a href={address.value}>{address.value}</a> : t("draw.listLater")}</dd>
      </dl>
    </div>
  );
}
