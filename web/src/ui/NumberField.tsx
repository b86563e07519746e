import { useState } from "preact/hooks";
import { isTaken, withinLimit } from "../preorders/choice";

interface Props {
  id: string;
  class: string;
  least: number;
  most: number;
  value: number;
  hint?: string;
  onTake: (value: number) => void;
}

/**
 * A number that is taken as soon as it can stand, and brought within its bounds when the field is left. What is being
 * typed stays as it is meanwhile, whatever is drawn anew around it.
 */
export function NumberField({ id, class: name, least, most, value, hint, onTake }: Props) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <input
      id={id}
      class={name}
      type="number"
      inputMode="numeric"
      min={least}
      max={most}
      step={1}
      value={typed ?? value}
      aria-describedby={hint}
      onInput={(event) => {
        const { value: text, valueAsNumber: number } = event.currentTarget;
        setTyped(text);
        if (isTaken(number, least, most)) onTake(number);
      }}
      onChange={(event) => {
        const kept = Math.max(least, withinLimit(event.currentTarget.valueAsNumber, most));
        // Drawing again would not touch the field when the kept number is the old one.
        event.currentTarget.value = String(kept);
        setTyped(null);
        onTake(kept);
      }}
    />
  );
}
