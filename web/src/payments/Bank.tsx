import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Speech } from "../i18n/Language";
import { Button } from "../ui/Button";
import { Outcome } from "../ui/Outcome";

interface Props {
  /** Handed over: it is drawn beside the page, not within it. */
  speech: Speech;
  /** Answers why the bank could not be told, or null. */
  onAnswer: (approve: boolean) => Promise<string | null>;
  onTurnBack: () => void;
}

/** Stands for the page on which a bank asks its customer. */
export function Bank({ speech: { t }, onAnswer, onTurnBack }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  useLayoutEffect(() => {
    const shown = dialog.current!;
    shown.showModal();
    // Closing before the element goes lets the browser give the focus back to where it was.
    return () => shown.close();
  }, []);
  const answer = async (approve: boolean) => {
    setWorking(true);
    setFailure(null);
    const failed = await onAnswer(approve);
    if (failed === null) return;
    setFailure(failed);
    setWorking(false);
  };
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="bank-title"
      aria-describedby="bank-ask"
      onCancel={(event) => {
        event.preventDefault();
        if (!working) onTurnBack();
      }}
    >
      <div class="stack">
        <h2 id="bank-title">{t("payment.bank")}</h2>
        <p id="bank-ask">{t("payment.bankAsk")}</p>
        <Outcome told={failure === null ? null : { tone: "bad", text: failure }} />
        <div class="actions">
          <Button kind="primary" working={working} onClick={() => void answer(true)}>
            {t("payment.bankApprove")}
          </Button>
          <Button working={working} onClick={() => void answer(false)}>
            {t("payment.bankDecline")}
          </Button>
        </div>
      </div>
    </dialog>
  );
}
