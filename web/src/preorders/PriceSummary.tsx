import type { Problem } from "../api/problem";
import type { Batch, Campaign, Quote } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { Button } from "../ui/Button";
import { Outcome } from "../ui/Outcome";
import { Loading } from "../ui/States";
import { PriceLadder } from "./PriceLadder";
import { unitsToGo } from "./choice";
import type { Quoting } from "./useQuote";

interface Props {
  campaign: Campaign;
  batches: Batch[];
  quoting: Quoting;
  /** Why the pre-order that was just tried was refused. */
  refused: Problem | null;
  onReview: (quote: Quote) => void;
}

/** What the chosen variant costs at most and by today's count, when it ships, and how near the next price is. */
export function PriceSummary({ campaign, batches, quoting, refused, onReview }: Props) {
  const speech = useSpeech();
  const { t, money } = speech;
  const { quote, problem, pending, refresh } = quoting;
  const units = quote ? t("configurator.units", { count: quote.units }) : "";
  return (
    <>
      <Outcome told={refused && { tone: "bad", text: speech.problem(refused) }} />
      {!quote && !problem && <Loading lines={4} />}
      {problem && <Outcome told={{ tone: "bad", text: speech.problem(problem) }} />}
      {quote && <Price quote={quote} />}
      <p class="visually-hidden" role="status">
        {quote && !pending && t("configurator.spoken", { units, most: money(quote.total_most_minor, quote.currency) })}
      </p>
      {quote && (
        <Button kind="primary" working={pending} onClick={() => onReview(quote)}>
          {t(pending ? "configurator.pricing" : "configurator.review")}
        </Button>
      )}
      {problem && <Button onClick={refresh}>{t("app.tryAgain")}</Button>}
      {quote && <PriceLadder campaign={campaign} nextTier={quote.next_tier} unitsToGo={unitsToGo(quote, batches)} />}
    </>
  );
}

function Price({ quote }: { quote: Quote }) {
  const { t, money, day, count } = useSpeech();
  const { currency } = quote;
  return (
    <dl class="price">
      <div class="price-most">
        <dt>{t("configurator.most")}</dt>
        <dd>
          <span class="price-figure">{money(quote.total_most_minor, currency)}</span>
          <span class="muted">{t("configurator.mostDetail")}</span>
        </dd>
      </div>
      <div>
        <dt>{t("configurator.now")}</dt>
        <dd>
          {money(quote.total_now_minor, currency)}
          {quote.units > 1 && quote.lines[0] && (
            <span class="muted">
              {t("configurator.each", { price: money(quote.lines[0].unit_price_now_minor, currency) })}
            </span>
          )}
        </dd>
      </div>
      <div>
        <dt>{t("configurator.ships")}</dt>
        <dd>{day(quote.batch.ships_at)}</dd>
      </div>
      <div>
        <dt>{t("configurator.batch")}</dt>
        <dd>
          {count(quote.batch.number)}
          <span class="muted">{t("configurator.batchOpen", { day: day(quote.batch.closes_at) })}</span>
        </dd>
      </div>
    </dl>
  );
}
