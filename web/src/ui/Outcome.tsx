export interface Told {
  tone: "good" | "bad" | "plain";
  text: string;
}

/** Says what came of an action. The region is there before its words are, or screen readers would not speak them. */
export function Outcome({ told }: { told: Told | null }) {
  return (
    <div role="status" class="outcome">
      {told && <p class={`notice notice-${told.tone}`}>{told.text}</p>}
    </div>
  );
}
