import * as store from "./store";
import { RANGES } from "./view";

/** What concerns all charts at once. */
export function Toolbar() {
  const { paused, zoomed, range } = store;
  return (
    <>
      <fieldset class="segmented" aria-label="Time range">
        {RANGES.map((seconds) => (
          <button
            key={seconds}
            type="button"
            aria-pressed={range.value === seconds && !zoomed.value}
            onClick={() => store.showLast(seconds)}
          >
            {seconds / 60} min
          </button>
        ))}
      </fieldset>
      <fieldset class="segmented" aria-label="Zoom">
        <button type="button" aria-label="Zoom out" onClick={() => store.zoomBy(2)}>
          −
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => store.zoomBy(0.5)}>
          +
        </button>
      </fieldset>
      <button type="button" class="quiet" disabled={!zoomed.value} onClick={store.resetZoom}>
        Reset zoom
      </button>
      <button
        type="button"
        class="quiet"
        aria-pressed={paused.value}
        onClick={() => store.pause(!paused.value)}
      >
        {paused.value ? "Resume" : "Pause"}
      </button>
    </>
  );
}
