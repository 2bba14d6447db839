// Charts on canvas: time to the right, crisp at every pixel density, colours from the style sheet.

import { HOLE, pointed, runs } from "./timeline.js";

const GUTTER = 58; // pixels at the left for the scale's labels
const FOOT = 20; // pixels below for the times
const HEAD = 6;
const STEPS = { 60: 15, 120: 30, 300: 60 }; // span of the window: seconds between two ticks

class Chart {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  draw(view) {
    this.measure();
    if (!this.width) return;
    this.view = view;
    this.axisOfTime();
    this.plot();
    this.cursor();
  }

  /** Fit the canvas to its place, in device pixels, and read the colours that hold now. */
  measure() {
    const { canvas, context } = this;
    const ratio = devicePixelRatio || 1;
    const { width, height } = canvas.getBoundingClientRect();
    const pixels = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas);
    this.color = (name) => style.getPropertyValue(`--${name}`).trim();
    context.font = `11px ${style.fontFamily}`;
    Object.assign(this, { left: GUTTER, top: HEAD, width: width - GUTTER - 8, height: height - HEAD - FOOT });
  }

  x(time) {
    return this.left + (this.width * (time - this.view.begin)) / this.view.span;
  }

  timeAt(x) {
    return this.view.begin + ((x - this.left) / this.width) * this.view.span;
  }

  line(x1, y1, x2, y2, color) {
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
    context.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5);
    context.stroke();
  }

  label(text, x, y, align) {
    const { context } = this;
    context.fillStyle = this.color("muted");
    context.textAlign = align;
    context.textBaseline = "middle";
    context.fillText(text, x, y);
  }

  axisOfTime() {
    const { span, end } = this.view;
    const y = this.top + this.height + FOOT / 2 + 2;
    const [unit, seconds] = span === 300 ? ["min", 60] : ["s", 1];
    for (let back = 0; back <= span; back += STEPS[span]) {
      const x = this.x(end - back);
      const text = back ? `−${back / seconds}${back === span ? ` ${unit}` : ""}` : "now";
      this.label(text, x, y, back === 0 ? "right" : back === span ? "left" : "center");
      this.line(x, this.top + this.height, x, this.top + this.height + 3, this.color("grid"));
    }
  }

  /** Hatch where nothing was measured, between runs and up to now. */
  holes(found) {
    for (const [index, run] of found.entries()) {
      const from = run.at(-1).time;
      const upto = found[index + 1]?.[0].time ?? this.view.end;
      if (upto - from > HOLE) this.hatch(Math.max(this.left, this.x(from)), this.x(upto));
    }
  }

  hatch(x1, x2) {
    const { context, top, height } = this;
    context.save();
    context.beginPath();
    context.rect(x1, top, x2 - x1, height);
    context.clip();
    for (let x = x1 - height - (x1 % 6); x < x2; x += 6) {
      context.strokeStyle = this.color("hatch");
      context.beginPath();
      context.moveTo(x, top + height);
      context.lineTo(x + height, top);
      context.stroke();
    }
    context.restore();
  }

  cursor() {
    const { cursor } = this.view;
    const sample = cursor === null ? undefined : pointed(this.view);
    if (!sample) return;
    const x = this.x(sample.time);
    this.line(x, this.top, x, this.top + this.height, this.color("ink"));
    this.mark(x, sample);
  }

  mark() {}
}

/** Values over time, as lines; the first of them filled. */
export class LineChart extends Chart {
  constructor(canvas, { series, top, format }) {
    super(canvas);
    Object.assign(this, { series, topOf: top, format });
  }

  y(value) {
    return this.top + this.height * (1 - Math.min(value, this.max) / this.max);
  }

  plot() {
    const found = runs(this.view);
    const values = found.flat().flatMap((sample) => this.series.map((one) => one.of(sample)));
    this.max = this.topOf(values.length ? Math.max(...values) : 0);
    for (const value of [0, this.max / 2, this.max]) {
      const y = this.y(value);
      this.line(this.left, y, this.left + this.width, y, this.color("grid"));
      this.label(this.format(value), this.left - 8, y, "right");
    }
    this.holes(found);
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(this.left, 0, this.width + 4, this.top + this.height + 1);
    context.clip();
    for (const one of this.series.toReversed()) for (const run of found) this.path(run, one);
    context.restore();
    this.tip(found.at(-1)?.at(-1));
  }

  path(run, { of, color, fill, dash = [] }) {
    const { context } = this;
    const points = run.map((sample) => [this.x(sample.time), this.y(of(sample))]);
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    context.strokeStyle = this.color(color);
    context.lineWidth = 1.75;
    context.lineJoin = context.lineCap = "round";
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
    if (!fill) return;
    context.lineTo(points.at(-1)[0], this.y(0));
    context.lineTo(points[0][0], this.y(0));
    context.fillStyle = this.color(`${color}-soft`);
    context.fill();
  }

  /** A dot where the newest value is. */
  tip(sample) {
    if (sample && this.view.cursor === null) this.mark(this.x(sample.time), sample);
  }

  mark(x, sample) {
    for (const { of, color } of this.series.toReversed()) {
      this.context.fillStyle = this.color(color);
      this.context.strokeStyle = this.color("surface");
      this.context.lineWidth = 2;
      this.context.beginPath();
      this.context.arc(x, this.y(of(sample)), 4, 0, 2 * Math.PI);
      this.context.stroke();
      this.context.fill();
    }
  }
}

/** One row per part, the darker the more: for any number of cores. */
export class HeatChart extends Chart {
  constructor(canvas, { rows }) {
    super(canvas);
    this.rowsOf = rows;
  }

  plot() {
    const found = runs(this.view);
    const samples = found.flat();
    this.rows = samples.length ? this.rowsOf(samples.at(-1)).length : 1;
    const height = this.height / this.rows;
    this.holes(found);
    for (const sample of samples) this.column(sample, height);
    const every = Math.ceil(13 / height);
    for (let row = 0; row < this.rows; row += every) {
      this.label(`core ${row}`, this.left - 8, this.top + (row + 0.5) * height, "right");
    }
  }

  column(sample, height) {
    const { context } = this;
    const gap = height > 8 ? 1 : 0;
    const right = Math.round(this.x(sample.time));
    const from = Math.max(this.left, Math.round(this.x(sample.time - 1)));
    if (right <= from) return;
    context.fillStyle = this.color("series-1");
    for (const [row, value] of this.rowsOf(sample).entries()) {
      const y = Math.round(this.top + row * height);
      context.globalAlpha = 0.06 + 0.94 * (value / 100) ** 1.3;
      context.fillRect(from, y, right - from, Math.round(this.top + (row + 1) * height) - y - gap);
    }
    context.globalAlpha = 1;
  }
}
