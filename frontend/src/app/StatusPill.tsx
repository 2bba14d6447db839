import { useComputed } from "@preact/signals";
import { status } from "../telemetry/store";

/** How this machine's stream is doing. Read aloud when its state changes, not at every detail. */
export function StatusPill() {
  const state = useComputed(() => status.value.state);
  const text = useComputed(() => status.value.text);
  const detail = useComputed(() => status.value.detail);
  return (
    <p class="status" id="status" data-state={state}>
      <span class="dot" aria-hidden="true" />
      <span class="status-text" role="status">
        {text}
      </span>
      <span class="status-detail" aria-hidden="true">
        {detail}
      </span>
    </p>
  );
}
