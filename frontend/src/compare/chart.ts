// Messages a second over the last seconds, on a canvas.

import type { Palette } from "../lib/theme";
import { type Point, SPAN } from "./arrivals";
import type { Mark } from "./protocol";

const GUTTER = 28; // CSS pixels at the left, for the scale
const FOOT = 18; // at the bottom, for the time
const HEAD = 16; // at the top, for what was pressed
const STEP = 15; // seconds between two labels
const HATCH = 8; // pixels between two lines

export interface Picture {
  points: readonly Point[];
  marks: readonly Mark[];
  /** The time at the right edge, in milliseconds. */
  end: number;
  /** Since when nothing comes; null while it does. */
  frozenSince: number | null;
  /** Messages a second that are sent: the scale is a little higher. */
  due: number;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export class Chart {
  readonly #context: CanvasRenderingContext2D;
  readonly #palette: Palette;
  readonly #picture: Picture;
  readonly #box: Box;

  constructor(
    context: CanvasRenderingContext2D,
    size: { width: number; height: number },
    palette: Palette,
    picture: Picture,
  ) {
    this.#context = context;
    this.#palette = palette;
    this.#picture = picture;
    this.#box = { left: GUTTER, top: HEAD, right: size.width - 4, bottom: size.height - FOOT };
    context.clearRect(0, 0, size.width, size.height);
    context.font = `11px ${getComputedStyle(context.canvas).fontFamily}`;
  }

  draw(): void {
    this.#clipped(() => this.#area());
    this.#scale();
    this.#clipped(() => this.#silence());
    this.#marks();
    this.#clipped(() => this.#rate());
  }

  #x(time: number): number {
    const { left, right } = this.#box;
    return right - ((this.#picture.end - time) / SPAN) * (right - left);
  }

  #y(rate: number): number {
    const { top, bottom } = this.#box;
    const most = this.#picture.due * 1.25;
    return bottom - (Math.min(rate, most) / most) * (bottom - top);
  }

  #line(x1: number, y1: number, x2: number, y2: number, color: string): void {
    const context = this.#context;
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
    context.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5);
    context.stroke();
  }

  #label(text: string, x: number, y: number, align: CanvasTextAlign, color: string): void {
    this.#context.fillStyle = color;
    this.#context.textAlign = align;
    this.#context.textBaseline = "middle";
    this.#context.fillText(text, x, y);
  }

  #scale(): void {
    const { left, right, bottom } = this.#box;
    const { grid, muted } = this.#palette;
    for (const rate of [0, this.#picture.due]) {
      this.#line(left, this.#y(rate), right, this.#y(rate), grid);
      this.#label(String(rate), left - 8, this.#y(rate), "right", muted);
    }
    for (let back = 0; back <= SPAN / 1000; back += STEP) {
      const x = this.#x(this.#picture.end - back * 1000);
      const align = back === 0 ? "right" : x > left ? "center" : "left";
      this.#label(back ? `−${back} s` : "now", x, bottom + FOOT / 2 + 1, align, muted);
    }
  }

  /** Hatched from the last message to now, while nothing comes. */
  #silence(): void {
    const { frozenSince, end } = this.#picture;
    if (frozenSince === null) return;
    const { left, top, bottom } = this.#box;
    const from = Math.max(left, this.#x(frozenSince));
    this.#context.beginPath();
    this.#context.rect(from, top, this.#x(end) - from, bottom - top);
    this.#context.clip();
    for (let x = from - (bottom - top); x < this.#x(end); x += HATCH) {
      this.#line(x, bottom, x + bottom - top, top, this.#palette.hatch);
    }
  }

  #marks(): void {
    const { left, top, bottom } = this.#box;
    let free = left; // where the next word may begin
    for (const { time, word } of this.#picture.marks) {
      const x = this.#x(time);
      if (x < left) continue;
      this.#context.setLineDash([2, 3]);
      this.#line(x, top, x, bottom, this.#palette.muted);
      this.#context.setLineDash([]);
      const width = this.#context.measureText(word).width;
      const start = Math.min(x - width / 2, this.#box.right - width);
      if (start < free) continue;
      this.#label(word, start, HEAD / 2, "left", this.#palette.muted);
      free = start + width + 6;
    }
  }

  #outline(): Path2D {
    const path = new Path2D();
    for (const [time, rate] of this.#picture.points) path.lineTo(this.#x(time), this.#y(rate));
    return path;
  }

  #area(): void {
    const { points, frozenSince } = this.#picture;
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last) return;
    const path = this.#outline();
    path.lineTo(this.#x(last[0]), this.#box.bottom);
    path.lineTo(this.#x(first[0]), this.#box.bottom);
    this.#context.fillStyle = this.#palette[frozenSince === null ? "series-1-soft" : "sunken"];
    this.#context.fill(path);
  }

  #rate(): void {
    const context = this.#context;
    context.strokeStyle = this.#palette[this.#picture.frozenSince === null ? "series-1" : "bad"];
    context.lineWidth = 2;
    context.lineJoin = "round";
    context.stroke(this.#outline());
  }

  /** Draw within the axes. */
  #clipped(draw: () => void): void {
    const { left, top, right, bottom } = this.#box;
    this.#context.save();
    this.#context.beginPath();
    this.#context.rect(left, top - 2, right - left + 4, bottom - top + 4);
    this.#context.clip();
    draw();
    this.#context.restore();
  }
}
