import type { Batch, Campaign, Feature, Option } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { Extras } from "./Extras";
import { Quantity } from "./Quantity";
import { selectableOf, type Choice } from "./choice";

interface Props {
  campaign: Campaign;
  /** The one that a newcomer would get into. */
  batch: Batch | null;
  /** The most units that one fan may want now. */
  limit: number;
  /** More than one batch takes pre-orders. */
  splits: boolean;
  /** Only a variant and a quantity can be said now: for a draw, or the waiting list. */
  simple: boolean;
  choice: Choice;
  onChoose: (choice: Choice) => void;
  open: boolean;
}

/** One option per feature: radio buttons where fans may choose, a plain fact where the vote has decided. */
export function Configurator({ campaign, batch, limit, splits, simple, choice, onChoose, open }: Props) {
  const { t } = useSpeech();
  return (
    <section class="stack" aria-labelledby="configurator-title">
      <h2 id="configurator-title">{t("configurator.title")}</h2>
      {campaign.features.map((feature) => {
        const options = selectableOf(campaign, feature);
        const choose = (optionId: string) =>
          onChoose({ ...choice, variant: { ...choice.variant, [feature.feature_id]: optionId } });
        if (options.length === 1) {
          return <Fixed key={feature.feature_id} feature={feature} option={options[0]!} campaign={campaign} />;
        }
        return (
          <fieldset key={feature.feature_id} class="panel feature" disabled={!open}>
            <legend class="feature-title">{feature.title}</legend>
            <div class="options options-tiles">
              {options.map((option) => (
                <Tile
                  key={option.option_id}
                  id={`choose-${feature.feature_id}-${option.option_id}`}
                  name={`choose-${feature.feature_id}`}
                  option={option}
                  currency={campaign.currency}
                  chosen={choice.variant[feature.feature_id] === option.option_id}
                  onChoose={() => choose(option.option_id)}
                />
              ))}
            </div>
          </fieldset>
        );
      })}
      <Quantity
        quantity={choice.quantity}
        limit={limit}
        narrowed={limit < campaign.limit_per_fan}
        open={open}
        onChange={(quantity) => onChoose({ ...choice, quantity, upTo: more(choice.upTo, quantity) })}
      >
        {splits && !simple && choice.quantity > 1 && <MaySplit choice={choice} onChoose={onChoose} />}
      </Quantity>
      {!simple && <Extras campaign={campaign} batch={batch} limit={limit} choice={choice} onChoose={onChoose} open={open} />}
    </section>
  );
}

const more = (upTo: number | undefined, quantity: number) => (upTo && upTo > quantity ? upTo : undefined);

function MaySplit({ choice, onChoose }: Pick<Props, "choice" | "onChoose">) {
  const { t } = useSpeech();
  return (
    <>
      <div class="check">
        <input
          id="may-split"
          type="checkbox"
          checked={choice.maySplit ?? false}
          aria-describedby="may-split-hint"
          onChange={(event) => onChoose({ ...choice, maySplit: event.currentTarget.checked || undefined })}
        />
        <label for="may-split">{t("configurator.maySplit")}</label>
      </div>
      <p id="may-split-hint" class="muted">
        {t("configurator.maySplitHint")}
      </p>
    </>
  );
}

interface TileProps {
  id: string;
  name: string;
  option: Option;
  currency: string;
  chosen: boolean;
  onChoose: () => void;
}

function Tile({ id, name, option, currency, chosen, onChoose }: TileProps) {
  const { t, surcharge } = useSpeech();
  return (
    <div class={chosen ? "option option-chosen" : "option"}>
      <input id={id} type="radio" name={name} checked={chosen} aria-describedby={`${id}-price`} onChange={onChoose} />
      <label for={id}>{option.label}</label>
      <span id={`${id}-price`} class="option-aside">
        {surcharge(option.surcharge_minor, currency) || t("configurator.included")}
      </span>
    </div>
  );
}

function Fixed({ feature, option, campaign }: { feature: Feature; option: Option; campaign: Campaign }) {
  const { t, surcharge } = useSpeech();
  const extra = surcharge(option.surcharge_minor, campaign.currency);
  return (
    <div class="panel fixed">
      <h3 class="feature-title">{feature.title}</h3>
      <p>
        <strong>{option.label}</strong> {extra && <span class="option-aside">{extra}</span>}
      </p>
      <p class="muted">{t("configurator.fixed")}</p>
    </div>
  );
}
