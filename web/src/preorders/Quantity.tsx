import { useSpeech } from "../i18n/Language";
import { Button } from "../ui/Button";
import { isTaken, withinLimit } from "./choice";

interface Props {
  quantity: number;
  limit: number;
  open: boolean;
  onChange: (quantity: number) => void;
}

export function Quantity({ quantity, limit, open, onChange }: Props) {
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
        <input
          id="quantity"
          class="input"
          type="number"
          inputMode="numeric"
          min={1}
          max={limit}
          step={1}
          value={quantity}
          aria-describedby="quantity-limit"
          onInput={(event) => {
            const typed = event.currentTarget.valueAsNumber;
            if (isTaken(typed, 1, limit)) onChange(typed);
          }}
          onChange={(event) => {
            const kept = withinLimit(event.currentTarget.valueAsNumber, limit);
            // Drawing again would not touch the field when the kept quantity is the old one.
            event.currentTarget.value = String(kept);
            onChange(kept);
          }}
        />
        <Button label={t("configurator.more")} onClick={() => change(quantity + 1)}>
          <Sign d="M5 10h10M10 5v10" />
        </Button>
      </div>
      <p id="quantity-limit" class="muted">
        {t("configurator.limit", { count: limit })}
      </p>
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
