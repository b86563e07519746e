import type { Speech } from "../i18n/Language";
import { TEST_CARDS, type TestCard } from "./testCards";

interface Props {
  chosen: TestCard;
  onChoose: (card: TestCard) => void;
  /** Handed over: it is drawn beside the page, not within it. */
  speech: Speech;
}

/** There is nothing to type in, so that nobody types a real card. */
export function LookalikeCard({ chosen, onChoose, speech: { t } }: Props) {
  return (
    <div class="stack lookalike">
      <p class="muted" id="test-card-hint">
        {t("payment.practice")}
      </p>
      <div class="field">
        <label for="test-card">{t("payment.testCard")}</label>
        <select
          id="test-card"
          class="input"
          aria-describedby="test-card-hint"
          value={chosen}
          onChange={(event) => onChoose(event.currentTarget.value as TestCard)}
        >
          {TEST_CARDS.map((card) => (
            <option key={card} value={card}>
              {t(`payment.test.${card}`)}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
