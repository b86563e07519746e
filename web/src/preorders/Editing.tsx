import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Campaign, Line, Preorder, PreorderChanges } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { Button } from "../ui/Button";
import { NumberField } from "../ui/NumberField";
import { AddressFields } from "./AddressFields";
import { VariantSelects } from "./VariantSelects";
import { addressForm, addressOf, mostAfter } from "./changing";
import { linesOf } from "./choice";

interface Props {
  preorder: Preorder;
  campaign: Campaign;
  onSave: (changes: PreorderChanges) => Promise<void>;
  onCancel: () => void;
}

/** Another quantity, variant or address until the lock; the new most is shown before it is agreed to. */
export function Editing({ preorder, campaign, onSave, onCancel }: Props) {
  const { t, money, count } = useSpeech();
  const id = `edit-${preorder.preorder_id}`;
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  const [lines, setLines] = useState<Line[]>(() => linesOf(preorder.lines));
  const [form, setForm] = useState(() => addressForm(preorder.address));
  const [working, setWorking] = useState(false);
  const address = addressOf(form);
  const most = mostAfter(preorder, campaign, lines);
  const change = (index: number, line: Line) => setLines(lines.map((one, place) => (place === index ? line : one)));

  const save = async () => {
    if (address === "incomplete") return;
    setWorking(true);
    await onSave({ lines, accepts_total_minor: most, ...(address ? { address } : {}) });
    setWorking(false);
  };

  return (
    <form
      class="withdrawal"
      onSubmit={(event) => {
        event.preventDefault();
        if (!working) void save();
      }}
    >
      <h3 ref={heading} tabIndex={-1}>
        {t("edit.title")}
      </h3>
      <p class="muted">{t("edit.until")}</p>
      {lines.map((line, index) => (
        <fieldset class="stack" key={index}>
          <legend class={lines.length > 1 ? "feature-title" : "visually-hidden"}>
            {t("edit.line", { number: count(index + 1) })}
          </legend>
          <LineFields id={`${id}-${index}`} campaign={campaign} line={line} onChange={(changed) => change(index, changed)} />
        </fieldset>
      ))}
      <details class="agreed">
        <summary>{t("edit.address")}</summary>
        <div class="stack">
          <AddressFields id={id} form={form} onChange={setForm} />
        </div>
      </details>
      {address === "incomplete" && (
        <p class="field-error" role="status">
          {t("edit.addressIncomplete")}
        </p>
      )}
      <p role="status">{t("edit.most", { most: money(most, preorder.currency) })}</p>
      <div class="actions">
        <Button type="submit" kind="primary" working={working} idle={address === "incomplete"}>
          {t(working ? "edit.saving" : "edit.save")}
        </Button>
        {!working && <Button onClick={onCancel}>{t("edit.cancel")}</Button>}
      </div>
    </form>
  );
}

interface LineProps {
  id: string;
  campaign: Campaign;
  line: Line;
  onChange: (line: Line) => void;
}

function LineFields({ id, campaign, line, onChange }: LineProps) {
  const { t } = useSpeech();
  const counted = (quantity: number): Line => {
    const { up_to, ...rest } = line;
    return { ...rest, quantity, ...(up_to && up_to > quantity ? { up_to } : {}) };
  };
  return (
    <>
      <div class="field">
        <label for={`${id}-quantity`}>{t("configurator.quantity")}</label>
        <NumberField
          id={`${id}-quantity`}
          class="input input-short"
          least={1}
          most={campaign.limit_per_fan}
          value={line.quantity}
          onTake={(quantity) => onChange(counted(quantity))}
        />
      </div>
      <VariantSelects
        id={id}
        campaign={campaign}
        variant={line.variant}
        onChange={(variant) => onChange({ ...line, variant })}
      />
    </>
  );
}
