import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { planOf } from "../payments/plans";
import { useCard } from "../payments/useCard";
import { Button } from "../ui/Button";
import { lazily } from "../ui/lazily";
import { Outcome, type Told } from "../ui/Outcome";
import { Parts } from "./Parts";
import { VariantLines } from "./VariantLines";
import { addressForm, addressOf, type AddressForm } from "./changing";
import { mostUnits } from "./choice";
import type { Step, Terms } from "./usePlacing";

const Consent = lazily("consent", async () => (await import("../playbook/Playbook")).Consent, "deal");
const Card = lazily("card", async () => (await import("../payments/Card")).Card, "payment");
const AddressFields = lazily("address", async () => (await import("./AddressFields")).AddressFields, "deal");

interface Props {
  step: Extract<Step, { terms: Terms }>;
  campaign: Campaign;
  /** Kept by who shows this: a refusal must not lose what was typed. */
  typed: AddressForm | null;
  onForm: (form: AddressForm) => void;
  onPlace: (terms: Terms) => void;
  onBack: () => void;
}

/** The promise in one paragraph, the button that makes it, and the way on when no answer came back. */
export function Confirmation({ step, campaign, typed, onForm, onPlace, onBack }: Props) {
  const { t, money, count, day } = useSpeech();
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  const { terms } = step;
  const working = step.at === "placing";
  const unknown = step.at === "unknown";
  const agreed = campaign.playbook.length > 0 || campaign.run_minimums.length > 0 || campaign.on_drop_outs !== null;
  // What was sent is sent again as it was.
  const asksAddress = campaign.limit_per_household !== null && step.at === "reviewing";
  const form = typed ?? addressForm(terms.body.address ?? null);
  const [missing, setMissing] = useState(false);
  const plan = unknown ? null : planOf(campaign);
  const card = useCard();
  const busy = working || card.asking;
  const place = async () => {
    const body = { ...terms.body };
    if (asksAddress) {
      const address = addressOf(form);
      if (!address || address === "incomplete") return setMissing(true);
      body.address = address;
    }
    if (plan) {
      const token = await card.token();
      if (token === null) return;
      body.payment_method = token;
      if (body.may_split) {
        // A provider takes each token for one pre-order only.
        const other = await card.token();
        if (other === null) return;
        body.other_payment_method = other;
      }
    }
    onPlace({ ...terms, body });
  };
  const cap = terms.body.only_if_unit_price_at_most_minor ?? null;
  const mostTaken = mostUnits(terms.body.lines);
  const words = {
    units: t("configurator.units", { count: terms.units }),
    count: terms.units,
    most: money(terms.totalMostMinor, campaign.currency),
  };
  return (
    <>
      <h3 ref={heading} tabIndex={-1}>
        {t("confirm.title")}
      </h3>
      <VariantLines lines={terms.body.lines} campaign={campaign} />
      <dl class="price">
        <div>
          <dt>{t("configurator.most")}</dt>
          <dd>{words.most}</dd>
        </div>
        {terms.shipsAt && terms.parts.length < 2 && (
          <div>
            <dt>{t("configurator.ships")}</dt>
            <dd>{day(terms.shipsAt)}</dd>
          </div>
        )}
      </dl>
      {cap !== null && <p>{t("confirm.cap", { price: money(cap, campaign.currency) })}</p>}
      {mostTaken > terms.units && <p>{t("confirm.upTo", { count: mostTaken })}</p>}
      {terms.parts.length > 1 && <Parts parts={terms.parts} currency={campaign.currency} />}
      {terms.parts.length > 1 && <p>{t("confirm.termsSplit", words)}</p>}
      {terms.batchNumber !== null && terms.parts.length < 2 && (
        <p>{t(agreed ? "confirm.termsAgreed" : "confirm.terms", { ...words, number: count(terms.batchNumber) })}</p>
      )}
      {agreed && <Consent campaign={campaign} />}
      {asksAddress && (
        <fieldset class="stack address">
          <legend class="feature-title">{t("edit.address")}</legend>
          <p class="muted">
            {t("confirm.address")} {t("confirm.householdLimit", { count: campaign.limit_per_household ?? 0 })}
          </p>
          <AddressFields id="confirm" form={form} onChange={onForm} required />
        </fieldset>
      )}
      {plan && (
        <Card
          plan={plan}
          due={terms.due}
          totalMostMinor={terms.totalMostMinor}
          currency={campaign.currency}
          onElement={card.onElement}
          closed={busy}
        />
      )}
      <Outcome told={missing && asksAddress && !isWhole(form) ? { tone: "bad", text: t("confirm.addressMissing") } : (bad(card.problem) ?? toldOf(step, t))} />
      <div class="actions actions-stacked">
        <Button kind="primary" working={busy} idle={plan !== null && !card.ready} onClick={() => void place()}>
          {t(busy ? "confirm.working" : unknown ? "confirm.retry" : "confirm.place")}
        </Button>
        {!busy && <Button onClick={onBack}>{t(unknown ? "confirm.forget" : "confirm.back")}</Button>}
      </div>
      {unknown && <p class="muted">{t("confirm.forgetDetail")}</p>}
    </>
  );
}

const bad = (text: string | null): Told | null => (text === null ? null : { tone: "bad", text });

const isWhole = (form: AddressForm) => typeof addressOf(form) === "object" && addressOf(form) !== null;

function toldOf(step: Props["step"], t: ReturnType<typeof useSpeech>["t"]): Told | null {
  if (step.at === "unknown") return { tone: "bad", text: t("confirm.unknown") };
  if (step.at === "reviewing" && step.declined) return { tone: "plain", text: t("signIn.needed") };
  return null;
}
