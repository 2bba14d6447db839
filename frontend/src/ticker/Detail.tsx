import { type ReadonlySignal, useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useSize } from "../lib/size";
import { palette } from "../lib/theme";
import { type Board, MINUTE } from "./board";
import { useDrawing } from "./drawing";
import { amount, cleared, direction, extent, percent } from "./paint";
import { paintChart } from "./paintChart";

interface Props {
  board: Board;
  step: ReadonlySignal<number>;
  chosen: ReadonlySignal<number>;
}

const CLASSES = { up: "up", down: "down", flat: "" } as const;

/** The chosen instrument, larger. */
export function Detail({ board, step, chosen }: Props) {
  const room = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const values = useRef(new Float32Array(MINUTE));
  const size = useSize(room);
  const price = useComputed(() => step.value && amount(board.prices[chosen.value] ?? Number.NaN));
  const change = useComputed(() => step.value && board.change(chosen.value));
  const range = useComputed(() => {
    step.value;
    const [low, high] = extent(board.past(chosen.value, values.current));
    return `${amount(low)} to ${amount(high)}`;
  });

  useDrawing(() => {
    step.value;
    const [colours, place, { width, height }] = [palette.value, chosen.value, size.value];
    const element = canvas.current;
    if (!element || !width) return undefined;
    return () => {
      const minute = {
        values: board.past(place, values.current),
        change: board.change(place),
      };
      const context = cleared(element, width, height);
      if (context) paintChart(context, minute, { width, height }, colours);
    };
  });

  const { symbol, name } = board.listings[chosen.value] ?? {};
  return (
    <article class="card ticker-detail" aria-label={`${symbol}, ${name}`}>
      <div class="card-head">
        <h3>
          {symbol} <span class="note">{name}</span>
        </h3>
      </div>
      <p class="figure large">
        <b>{price}</b> <ChangeOf change={change} />
      </p>
      <div class="plot ticker-chart" ref={room}>
        <canvas ref={canvas} role="img" aria-label={`The last minute of ${symbol}`} />
      </div>
      <p class="note">
        In the last minute <span class="ticker-range">{range}</span>
      </p>
    </article>
  );
}

function ChangeOf({ change }: { change: ReadonlySignal<number> }) {
  return <span class={CLASSES[direction(change.value)]}>{percent(change.value)}</span>;
}
