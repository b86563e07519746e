import { useSpeech } from "../i18n/Language";
import { lazily } from "../ui/lazily";

const CountrySelect = lazily("country", async () => (await import("../ui/CountrySelect")).CountrySelect);

interface Props {
  asks: { country: boolean; code: boolean };
  country: string | undefined;
  code: string;
  onCountry: (country: string | undefined) => void;
  onCode: (code: string) => void;
}

/** What the open waves ask of a fan. The code is taken when it is typed to its end, not letter by letter. */
export function Admission({ asks, country, code, onCountry, onCode }: Props) {
  const { t } = useSpeech();
  return (
    <>
      {asks.country && (
        <CountrySelect id="wave-country" label={t("waves.country")} hint={t("waves.countryHint")} value={country} onChange={onCountry} />
      )}
      {asks.code && (
        <div class="field">
          <label for="wave-code">{t("waves.code")}</label>
          <input
            id="wave-code"
            class="input"
            maxLength={64}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            value={code}
            aria-describedby="wave-code-hint"
            onChange={(event) => onCode(event.currentTarget.value.trim())}
            onKeyDown={(event) => event.key === "Enter" && onCode(event.currentTarget.value.trim())}
          />
          <p id="wave-code-hint" class="muted">
            {t("waves.codeHint")}
          </p>
        </div>
      )}
    </>
  );
}
