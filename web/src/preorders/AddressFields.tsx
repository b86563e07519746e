import { useSpeech } from "../i18n/Language";
import { CountrySelect } from "../ui/CountrySelect";
import { ADDRESS_FIELDS, type AddressForm } from "./changing";

interface Props {
  id: string;
  form: AddressForm;
  onChange: (form: AddressForm) => void;
  /** All but the region must be there. */
  required?: boolean;
}

const WORDS = {
  name: ["edit.name", "name"],
  street: ["edit.street", "street-address"],
  postal_code: ["edit.postalCode", "postal-code"],
  city: ["edit.city", "address-level2"],
  region: ["edit.region", "address-level1"],
} as const;

/** Where it is to be sent. */
export function AddressFields({ id, form, onChange, required = false }: Props) {
  const { t } = useSpeech();
  return (
    <>
      {ADDRESS_FIELDS.map((field) => (
        <div class="field" key={field}>
          <label for={`${id}-${field}`}>{t(WORDS[field][0])}</label>
          <input
            id={`${id}-${field}`}
            class="input"
            maxLength={field === "postal_code" ? 20 : 200}
            autocomplete={WORDS[field][1]}
            required={required && field !== "region"}
            value={form[field]}
            onInput={(event) => onChange({ ...form, [field]: event.currentTarget.value })}
          />
        </div>
      ))}
      <CountrySelect
        id={`${id}-country`}
        label={t("edit.country")}
        value={form.country || undefined}
        onChange={(country) => onChange({ ...form, country: country ?? "" })}
      />
    </>
  );
}
