import type { Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { lazily } from "../ui/lazily";
import { WhenNear } from "../ui/WhenNear";

const Certificate = lazily("result", async () => (await import("./Certificate")).Certificate, "vote", "result");

/** What the vote decided: below what can be done now, so that most fans of a pre-sale never get as far. */
export function ResultSection({ campaign }: { campaign: Campaign }) {
  const { t } = useSpeech();
  return (
    <section class="stack" aria-labelledby="result-title">
      <h2 id="result-title">{t("result.title")}</h2>
      <WhenNear>
        <Certificate campaign={campaign} />
      </WhenNear>
    </section>
  );
}
