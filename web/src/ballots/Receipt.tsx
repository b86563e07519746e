import { useState } from "preact/hooks";
import { useSpeech } from "../i18n/Language";
import { Button } from "../ui/Button";

/** Enough to tell two receipts apart at a glance. */
export const shortOf = (receipt: string) => receipt.slice(0, 16).replace(/(.{4})(?=.)/g, "$1 ");

/** The receipt of a ballot that stands: with it the fan finds the ballot in the published list. */
export function Receipt({ receipt }: { receipt: string }) {
  const { t } = useSpeech();
  const [copied, setCopied] = useState<{ receipt: string; done: boolean } | null>(null);
  const fresh = copied?.receipt === receipt ? copied : null;
  const copy = () => {
    const wanted = navigator.clipboard ? navigator.clipboard.writeText(receipt) : Promise.reject(new Error("no clipboard"));
    wanted.then(
      () => setCopied({ receipt, done: true }),
      () => setCopied({ receipt, done: false }),
    );
  };
  return (
    <section class="receipt" aria-labelledby="receipt-title">
      <h3 id="receipt-title">{t("receipt.title")}</h3>
      <p class="receipt-line">
        <code>{fresh?.done === false ? receipt : `${shortOf(receipt)} …`}</code>
        <Button onClick={copy}>{t("receipt.copy")}</Button>
      </p>
      <p class="muted">{t("receipt.keep")}</p>
      <p role="status">{fresh && t(fresh.done ? "receipt.copied" : "receipt.notCopied")}</p>
    </section>
  );
}
