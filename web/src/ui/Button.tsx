import type { ComponentChildren } from "preact";

interface Props {
  children: ComponentChildren;
  type?: "button" | "submit";
  kind?: "primary" | "plain" | "quiet";
  /** Busy: it stays focusable, so that the focus is not lost, but does nothing. */
  working?: boolean;
  label?: string | undefined;
  onClick?: () => void;
}

export function Button({ children, type = "button", kind = "plain", working = false, label, onClick }: Props) {
  return (
    <button
      type={type}
      class={`button button-${kind}`}
      aria-disabled={working || undefined}
      aria-label={label}
      onClick={(event) => {
        if (working) event.preventDefault();
        else onClick?.();
      }}
    >
      {children}
    </button>
  );
}
