// One uPlot chart: drawn when it is told to, zoomed and pointed at through the store.

import uPlot from "uplot";
import { clock } from "../lib/format";
import { palette } from "../lib/theme";
import type { Chart, Line } from "./charts";
import { paintCores, paintGaps } from "./paint";
import type { Frame } from "./store";
import { type Row, sampleAt, within } from "./timeline";

const SCALE = 62; // pixels at the left, for the scale
const EDGE = 10; // pixels at the right
const HALF_A_TIME = 26; // pixels
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300]; // seconds between two times
const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

interface Doings {
  /** A time is pointed at; null when the pointer has gone. */
  point: (time: number | null) => void;
  zoom: (from: number, to: number) => void;
}

export class Plot {
  readonly #u: uPlot;
  readonly #chart: Chart;
  readonly #observer: ResizeObserver;
  #frame: Frame = { rows: [], from: 0, to: 1, newest: 0 };
  #rows: readonly Row[] = [];
  #largest = 0;

  constructor(host: HTMLElement, chart: Chart, doings: Doings) {
    this.#chart = chart;
    const { clientWidth: width, clientHeight: height } = host;
    this.#u = new uPlot({ ...this.#options(doings), width, height }, [[]], host);
    this.#listen(doings);
    this.#observer = new ResizeObserver(() => this.#fit(host));
    this.#observer.observe(host);
  }

  draw(frame: Frame, cursor: number | null): void {
    this.#frame = frame;
    this.#rows = within(frame.rows, frame.from, frame.to);
    const times = this.#rows.map((row) => row.time);
    const values = this.#chart.lines.map(({ of }) =>
      this.#rows.map(({ sample }) => (sample ? of(sample) : null)),
    );
    // With the samples at both sides, which lines lead to: else these would leave the plot.
    this.#largest = Math.max(0, ...values.flat().map((value) => value ?? 0));
    this.#u.batch(() => this.#u.setData([times, ...values])); // at once: the cursor needs the scale
    this.point(cursor);
  }

  /** Show the pointer's line at a time, or none. */
  point(time: number | null): void {
    if (this.#isSelecting) return; // uPlot would move the selection, too
    const { from, to } = this.#frame;
    const seen = time !== null && time >= from && time <= to;
    const left = seen ? this.#u.valToPos(time, "x") : -10;
    this.#u.setCursor({ left, top: seen ? 0 : -10 }, false);
  }

  get #isSelecting(): boolean {
    return Boolean(this.#u.cursor.event?.buttons);
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#u.destroy();
  }

  #fit({ clientWidth: width, clientHeight: height }: HTMLElement): void {
    if (width !== this.#u.width || height !== this.#u.height) this.#u.setSize({ width, height });
  }

  #listen({ point }: Doings): void {
    const { over } = this.#u;
    const at = (event: PointerEvent) => point(this.#u.posToVal(event.offsetX, "x"));
    over.addEventListener("pointermove", at);
    over.addEventListener("pointerdown", at);
    over.addEventListener("pointerleave", () => point(null));
  }

  // -- how it looks ----------------------------------------------------------------------------

  #options(doings: Doings): Omit<uPlot.Options, "width" | "height"> {
    return {
      legend: { show: false },
      padding: [8, EDGE, 0, 0],
      scales: {
        x: { time: false, range: () => [this.#frame.from, this.#frame.to] },
        y: { range: () => [0, this.#chart.rows ?? this.#chart.top(this.#largest)] },
      },
      axes: [times(), this.#chart.rows ? this.#cores() : this.#values()],
      series: [{}, ...this.#chart.lines.map(series)],
      cursor: this.#cursor(),
      hooks: {
        drawClear: [(u) => this.#paint(u)],
        setSelect: [(u) => this.#selected(u, doings)],
      },
    };
  }

  #paint(u: uPlot): void {
    const { rows } = this.#chart;
    paintGaps(u, this.#rows, this.#frame.newest, palette.peek(), uPlot.pxRatio);
    if (rows) paintCores(u, this.#rows, rows, palette.peek());
  }

  #cursor(): uPlot.Cursor {
    return {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 4 },
      move: (u, left, top) => [this.#snap(u, left), top],
      points: { size: 7, width: 0, fill: (_u, index) => this.#color(index) },
      bind: { dblclick: () => null }, // uPlot would show all that it has
    };
  }

  /** The pointer's line stands at a sample; a selection begins and ends anywhere. */
  #snap(u: uPlot, left: number): number {
    if (left < 0 || this.#isSelecting) return left;
    const near = sampleAt(this.#rows, u.posToVal(left, "x"));
    return near ? u.valToPos(near.time, "x") : left;
  }

  #color(index: number): string {
    const color = this.#chart.lines[index - 1]?.color ?? "series-1";
    return palette.peek()[color];
  }

  #selected(u: uPlot, { zoom }: Doings): void {
    const { left, width } = u.select;
    if (width === 0) return;
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    zoom(u.posToVal(left, "x"), u.posToVal(left + width, "x"));
  }

  #values(): uPlot.Axis {
    return {
      ...scale(),
      splits: (_u, _index, _least, largest) => [0, largest / 2, largest],
      values: (_u, marks) => marks.map(this.#chart.mark),
    };
  }

  #cores(): uPlot.Axis {
    const count = this.#chart.rows ?? 1;
    const every = 2 ** Math.ceil(Math.log2(count / 6));
    const named = Array.from({ length: Math.ceil(count / every) }, (_, index) => index * every);
    return {
      ...scale(),
      splits: () => named.map((core) => count - core - 0.5), // core 0 is at the top
      values: () => named.map((core) => `core ${core}`),
      grid: { show: false },
    };
  }
}

function series(line: Line): uPlot.Series {
  const { color, dash, filled } = line;
  return {
    stroke: () => palette.peek()[color],
    width: 1.5,
    points: { show: false, filter: alone },
    ...(dash && { dash }),
    ...(filled && { fill: () => palette.peek()[`${color}-soft` as "series-1-soft"] }),
  };
}

/** The values that have none at either side: no line shows them. */
function alone(u: uPlot, index: number): number[] {
  const values = u.data[index] ?? [];
  const isNone = (at: number) => (values[at] ?? null) === null;
  return [...values.keys()].filter((at) => !isNone(at) && isNone(at - 1) && isNone(at + 1));
}

function lineStyle(): uPlot.Axis.Grid {
  return { stroke: () => palette.peek().grid, width: 1 };
}

function scale(): uPlot.Axis {
  return {
    size: SCALE,
    gap: 6,
    font: FONT,
    stroke: () => palette.peek().muted,
    grid: lineStyle(),
    ticks: { show: false },
  };
}

function times(): uPlot.Axis {
  return {
    ...scale(),
    size: 24,
    space: 76,
    incrs: STEPS,
    values: (u, marks, _axis, _space, step) =>
      marks.map((time) => (hasRoom(u, time) ? clock(time).slice(0, step < 60 ? 8 : 5) : "")),
    grid: { show: false },
    ticks: { ...lineStyle(), size: 4 },
  };
}

/** Whether a time's text ends within the chart. */
function hasRoom(u: uPlot, time: number): boolean {
  const { min = 0, max = 0 } = u.scales.x ?? {};
  return ((max - time) / (max - min)) * (u.width - SCALE) > HALF_A_TIME - EDGE;
}
