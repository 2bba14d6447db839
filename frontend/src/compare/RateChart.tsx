import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useSize } from "../lib/size";
import { palette } from "../lib/theme";
import { Chart } from "./chart";
import { beat, marks, state } from "./store";
import type { Viewer } from "./viewer";

const RATE = 25; // until the server has said its own

/** What a viewer has received, over time. The figures beside it say the same in words. */
export function RateChart({ viewer }: { viewer: Viewer }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(canvas);

  useSignalEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    const { width, height } = size.value;
    if (!element || !context || !width) return;
    const ratio = devicePixelRatio || 1;
    if (element.width !== Math.round(width * ratio)) {
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const end = beat.value;
    new Chart(context, size.value, palette.value, {
      points: viewer.arrivals.points(end),
      marks: marks.value,
      end,
      frozenSince: viewer.mood.value === "frozen" ? viewer.silentSince : null,
      due: state.value?.rate ?? RATE,
    }).draw();
  });

  return (
    <canvas
      class="plot compare-plot"
      ref={canvas}
      role="img"
      aria-label="Messages a second that this page received in the last 45 seconds"
    />
  );
}
