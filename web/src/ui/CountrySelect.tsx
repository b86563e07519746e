import { useMemo } from "preact/hooks";
import { useSpeech } from "../i18n/Language";
import { countries } from "../format/countries";

interface Props {
  id: string;
  label: string;
  hint?: string;
  value: string | undefined;
  onChange: (country: string | undefined) => void;
}

/** One country of all that the browser knows by name, in the fan's language. */
export function CountrySelect({ id, label, hint, value, onChange }: Props) {
  const { t, language } = useSpeech();
  const known = useMemo(() => countries(language), [language]);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="input"
        value={value ?? ""}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.currentTarget.value || undefined)}
      >
        <option value="">{t("country.choose")}</option>
        {known.map(([code, name]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      {hint && (
        <p id={`${id}-hint`} class="muted">
          {hint}
        </p>
      )}
    </div>
  );
}
