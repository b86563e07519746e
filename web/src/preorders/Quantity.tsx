import type { ComponentChildren } from "preact";
import { useSpeech } from "../i18n/Language";
import { Button } from "../ui/Button";
import { NumberField } from "../ui/NumberField";
import { withinLimit } from "./choice";

interface Props {
  quantity: number;
  limit: number;
  /** The limit is that of an open wave, below the campaign's. */
  narrowed: boolean;
  open: boolean;
  onChange: (quantity: number) => void;
  children?: ComponentChildren;
}

export function Quantity({ quantity, limit, narrowed, open, onChange, children }: Props) {
  const { t } = useSpeech();
  const change = (wished: number) => onChange(withinLimit(wished, limit));
  return (
    <fieldset class="panel feature quantity" disabled={!open}>
      <legend class="visually-hidden">{t("configurator.quantity")}</legend>
      <label class="feature-title" for="quantity">
        {t("configurator.quantity")}
      </label>
      <div class="stepper">
        <Button label={t("configurator.fewer")} onClick={() => change(quantity - 1)}>
          <Sign d="M5 10h10" />
        </Button>
        <NumberField id="quantity" class="input" least={1} most={limit} value={quantity} hint="quantity-limit" onTake={onChange} />
        <Button label={t("configurator.more")} onClick={() => change(quantity + 1)}>
          <Sign d="M5 10h10M10 5v10" />
        </Button>
      </div>
      <p id="quantity-limit" class="muted">
        {t(narrowed ? "configurator.limitWave" : "configurator.limit", { count: limit })}
      </p>
      {children}
    </fieldset>
  );
}

function Sign({ d }: { d: string }) {
  return (
    <svg class="sign" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={d} />
    </svg>
  );
}
