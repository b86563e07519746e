import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useRouting } from "../router/Router";

/** The page's one h1. After a move inside the page it takes the focus, so that a screen reader starts here. */
export function PageHeading({ title, children }: { title: string; children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { moves } = useRouting();
  useEffect(() => {
    document.title = `${title} · Groundswell`;
  }, [title]);
  useEffect(() => {
    if (moves === 0) return;
    // What loads late must not snatch the focus from a fan who has gone on.
    const holder = document.activeElement;
    if (holder === document.body || holder?.id === "content") heading.current?.focus({ preventScroll: true });
  }, [moves]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? title}
    </h1>
  );
}
