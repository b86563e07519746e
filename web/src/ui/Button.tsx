import type { ComponentChildren } from "preact";

interface Props {
  children: ComponentChildren;
  type?: "button" | "submit";
  kind?: "primary" | "plain" | "quiet";
  /** Busy: it stays focusable, so that the focus is not lost, but does nothing. */
  working?: boolean;
  /** There is nothing for it to do now; it stays focusable for the same reason. */
  idle?: boolean;
  label?: string | undefined;
  onClick?: () => void;
}

export function Button({ children, type = "button", kind = "plain", working = false, idle = false, label, onClick }: Props) {
  return (
    <button
      type={type}
      class={`button button-${kind}${idle ? " button-idle" : ""}`}
      aria-disabled={working || idle || undefined}
      aria-label={label}
      onClick={(event) => {
        if (working || idle) event.preventDefault();
        else onClick?.();
      }}
    >
      {children}
    </button>
  );
}
