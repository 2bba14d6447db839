import { type ReadonlySignal, useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { clock } from "../lib/format";
import { palette } from "../lib/theme";
import type { Chart, Key } from "./charts";
import { Plot } from "./plot";
import * as store from "./store";
import { sampleAt } from "./timeline";

const MANY = 16; // cores, for which a card is too narrow

interface Props {
  chart: Chart;
  /** Whether anybody can see it. */
  seen: ReadonlySignal<boolean>;
}

const STEPS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  Home: -Infinity,
  End: Infinity,
};
const ZOOMS: Record<string, number> = { "+": 0.5, "=": 0.5, "-": 2 };

/** What the keys do at any of the charts. */
function onKeyDown(event: KeyboardEvent): void {
  const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
  if (ctrlKey || metaKey || altKey) return;
  const [by, factor] = [STEPS[key], ZOOMS[key]];
  if (by) store.step(by * (shiftKey ? 10 : 1));
  else if (factor) store.zoomBy(factor);
  else if (key === "Escape") leave();
  else return;
  event.preventDefault();
}

function leave(): void {
  store.point(null);
  store.resetZoom();
}

/** One chart, and what it shows at the cursor, or now. */
export function Card({ chart, seen }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  useEffect(() => {
    if (!host.current) return;
    const made = new Plot(host.current, chart, { point: store.point, zoom: store.zoomTo });
    plot.current = made;
    made.draw(store.frame.peek(), store.cursor.peek());
    return () => made.destroy();
  }, [chart]);
  useSignalEffect(() => {
    if (!seen.value) return;
    palette.value; // other colours are drawn anew, too
    plot.current?.draw(store.frame.value, store.cursor.peek());
  });
  useSignalEffect(() => plot.current?.point(store.cursor.value));
  return (
    <article class={`card measured${chart.rows && chart.rows > MANY ? " wide" : ""}`}>
      <Head chart={chart} />
      <div
        ref={host}
        class="plot"
        role="slider"
        tabIndex={0}
        aria-label={`${chart.title}, over time`}
        aria-valuemin={useComputed(() => seconds().to - seconds().span)}
        aria-valuemax={useComputed(() => seconds().to)}
        aria-valuenow={useComputed(() => Math.round(store.cursor.value ?? seconds().to))}
        aria-valuetext={useComputed(() => spoken(chart))}
        onKeyDown={onKeyDown}
        onBlur={() => store.point(null)}
        onDblClick={leave}
      />
    </article>
  );
}

/** What is shown, in whole seconds. */
function seconds(): { to: number; span: number } {
  const { from, to } = store.frame.value;
  return { to: Math.round(to), span: Math.round(to - from) };
}

/** It changes with the cursor, and not with each sample, which would be read aloud. */
function spoken(chart: Chart): string {
  const time = store.cursor.value;
  if (time === null) return "the arrow keys choose a time";
  const sample = sampleAt(store.frame.value.rows, time);
  return `${sample ? chart.figure(sample).join(" ") : "nothing was measured"} at ${clock(time)}`;
}

function Head({ chart }: { chart: Chart }) {
  const sample = store.pointed.value;
  const time = store.cursor.value;
  const [number, unit] = sample ? chart.figure(sample) : ["–", ""];
  return (
    <>
      <div class="card-head">
        <h3>{chart.title}</h3>
        <span class="note at">{time === null ? "" : `at ${clock(time)}`}</span>
        <p class="figure">
          <b>{number}</b> <small>{unit}</small>
        </p>
      </div>
      <Legend legend={sample ? chart.legend(sample) : nothing(time)} />
    </>
  );
}

function nothing(time: number | null): string {
  return time === null ? "nothing yet" : "nothing was measured then";
}

function Legend({ legend }: { legend: string | Key[] }) {
  if (typeof legend === "string") return <p class="legend">{legend}</p>;
  return (
    <p class="legend">
      {legend.map(({ color, text }) => (
        <span key={color} class={`key ${color}`}>
          {text}
        </span>
      ))}
    </p>
  );
}
