import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

interface Props {
  title: string;
  class: string;
  /** As it stands at first; after that it is the fan who opens and closes it. */
  open?: boolean;
  children: () => ComponentChildren;
}

/** What is behind a title, drawn (and fetched, where it is a part of its own) when it is first opened. */
export function Disclosure({ title, class: name, open = false, children }: Props) {
  const [opened, setOpened] = useState(open);
  return (
    <details class={name} open={open} onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <summary>{title}</summary>
      {(opened || open) && children()}
    </details>
  );
}
