import { useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem";
import { useSpeech } from "../i18n/Language";
import { Button } from "../ui/Button";
import { Loading } from "../ui/States";
import { openElement, type PaymentElement } from "./element";
import "../styles/payments.css";

interface Props {
  currency: string;
  /** The element once a card can be given in it; null before, and when it is gone. */
  onElement: (element: PaymentElement | null) => void;
  /** What was given is on its way: it can no longer be changed. */
  closed?: boolean;
}

/** The provider's own element in our page; opened anew when the language changes. */
export function PaymentFields({ currency, onElement, closed = false }: Props) {
  const speech = useSpeech();
  const { t, language } = speech;
  const place = useRef<HTMLDivElement>(null);
  const [attempt, setAttempt] = useState(0);
  const [opened, setOpened] = useState<"opening" | "open" | Problem>("opening");
  const told = useRef(onElement);
  told.current = onElement;

  useEffect(() => {
    let left = false;
    let element: PaymentElement | null = null;
    setOpened("opening");
    openElement({ speech, currency }).then(
      (found) => {
        if (left) return;
        element = found;
        found.mount(place.current!);
        setOpened("open");
        told.current(found);
      },
      (error: unknown) => !left && setOpened(asProblem(error)),
    );
    return () => {
      left = true;
      told.current(null);
      element?.unmount();
    };
  }, [language, currency, attempt]);

  return (
    <fieldset class="stack payment-fields" inert={closed}>
      <legend class="feature-title">{t("payment.method")}</legend>
      {opened === "opening" && <Loading lines={2} />}
      {typeof opened === "object" && (
        <div class="stack" role="alert">
          <p class="notice notice-bad">
            {t("payment.unavailable")} {speech.problem(opened)}
          </p>
          <Button onClick={() => setAttempt(attempt + 1)}>{t("app.tryAgain")}</Button>
        </div>
      )}
      {/* The provider's, not ours: nothing may be drawn into it. */}
      <div ref={place} />
    </fieldset>
  );
}
