import { useSignal } from "@preact/signals";
import { postJson } from "../lib/http";

const BUTTONS = [
  ["stall", "Stall one viewer"],
  ["binary", "Send a binary frame"],
  ["vanish", "Vanish one viewer"],
  ["add", "Add 100 viewers"],
  ["reset", "Start again"],
] as const;

/** What can be done to both sides; the answer is on both cards. */
export function Buttons() {
  const problem = useSignal("");
  const busy = useSignal("");
  const press = async (action: string) => {
    if (busy.value) return;
    busy.value = action;
    const answer = await postJson(`compare/${action}`);
    busy.value = "";
    problem.value = answer.ok ? "" : `That did not work: ${answer.detail}.`;
  };
  return (
    <div class="compare-actions">
      <div class="buttons">
        {BUTTONS.map(([action, label]) => (
          <button
            key={action}
            type="button"
            class={action === "stall" ? "" : "quiet"}
            aria-disabled={busy.value !== ""}
            onClick={() => press(action)}
          >
            {label}
          </button>
        ))}
      </div>
      <p class="bad" role="alert">
        {problem}
      </p>
    </div>
  );
}
