import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useSpeech } from "../i18n/Language";
import { Button } from "../ui/Button";

/** Withdrawing asks once more, in place; the focus goes to the question and back. */
export function Withdrawal({ title, onWithdraw }: { title: string; onWithdraw: () => Promise<void> }) {
  const { t } = useSpeech();
  const [asking, setAsking] = useState(false);
  const [working, setWorking] = useState(false);
  const question = useRef<HTMLParagraphElement>(null);
  const opener = useRef<HTMLDivElement>(null);
  const asked = useRef(false);

  useLayoutEffect(() => {
    if (asking) question.current?.focus();
    else if (asked.current) opener.current?.querySelector("button")?.focus();
    asked.current = asking;
  }, [asking]);

  const yes = async () => {
    setWorking(true);
    await onWithdraw();
    setWorking(false);
    asked.current = false; // the card has placed the focus
    setAsking(false);
  };

  if (!asking) {
    return (
      <div ref={opener}>
        <Button label={`${t("preorders.withdraw")}: ${title}`} onClick={() => setAsking(true)}>
          {t("preorders.withdraw")}
        </Button>
      </div>
    );
  }
  return (
    <div class="withdrawal">
      <p ref={question} tabIndex={-1}>
        {t("preorders.withdrawAsk")}
      </p>
      <div class="actions">
        <Button kind="primary" working={working} onClick={() => void yes()}>
          {t(working ? "preorders.withdrawing" : "preorders.withdrawYes")}
        </Button>
        {!working && <Button onClick={() => setAsking(false)}>{t("preorders.withdrawNo")}</Button>}
      </div>
    </div>
  );
}
