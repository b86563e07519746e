import type { ComponentChildren } from "preact";
import type { Problem } from "../api/problem";
import { useSpeech } from "../i18n/Language";
import { Button } from "./Button";

/** Grey shapes where text will be; said once to screen readers. */
export function Loading({ lines = 3 }: { lines?: number }) {
  const { t } = useSpeech();
  return (
    <div class="skeleton" role="status">
      <span class="visually-hidden">{t("app.loading")}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class="skeleton-line" aria-hidden="true" />
      ))}
    </div>
  );
}

export function Failed({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  const speech = useSpeech();
  return (
    <div class="panel empty" role="alert">
      <p class="empty-title">{speech.t("app.loadFailed")}</p>
      <p class="muted">{speech.problem(problem)}</p>
      <Button onClick={onRetry}>{speech.t("app.tryAgain")}</Button>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="panel empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** Beside numbers that are shown but no longer fresh. */
export function Stale({ problem }: { problem: Problem | null }) {
  const { t } = useSpeech();
  return <div role="status">{problem && <p class="notice notice-plain">{t("app.stale")}</p>}</div>;
}
