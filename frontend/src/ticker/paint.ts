// Drawing prices on a canvas.

import type { Palette } from "../lib/theme";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The lowest and the highest that is known; NaN without any. */
export function extent(values: Float32Array): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [Number.NaN, Number.NaN];
}

/** The same around its middle, if it is narrower than that share of it: a tick is no earthquake. */
export function widened([low, high]: [number, number], share: number): [number, number] {
  const middle = (low + high) / 2;
  const half = Math.max((high - low) / 2, (middle * share) / 2);
  return [middle - half, middle + half];
}

/** Add a line to the path, as wide as the box; what is not known is a hole in it. */
export function trace(
  context: CanvasRenderingContext2D,
  values: Float32Array,
  [low, high]: [number, number],
  { x, y, width, height }: Box,
): void {
  const step = width / (values.length - 1);
  const scale = height / (high - low);
  let drawing = false;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? Number.NaN;
    const known = !Number.isNaN(value);
    if (known && drawing) context.lineTo(x + index * step, y + (high - value) * scale);
    else if (known) context.moveTo(x + index * step, y + (high - value) * scale);
    drawing = known;
  }
}

/** Colour is not all that tells: there is an arrow. */
export function direction(change: number): "up" | "down" | "flat" {
  if (!(Math.abs(change) >= 0.00005)) return "flat";
  return change > 0 ? "up" : "down";
}

const LINES = { up: "series-1", down: "series-2", flat: "muted" } as const;
const WORDS = { up: "accent", down: "warn", flat: "muted" } as const; // these can be read when small

export function lineColour(change: number, palette: Palette): string {
  return palette[LINES[direction(change)]];
}

export function textColour(change: number, palette: Palette): string {
  return palette[WORDS[direction(change)]];
}

const ARROWS = { up: "▲ ", down: "▼ ", flat: "" } as const;

export function percent(change: number): string {
  if (Number.isNaN(change)) return "–";
  return `${ARROWS[direction(change)]}${(Math.abs(change) * 100).toFixed(2)} %`;
}

export function amount(price: number): string {
  return Number.isNaN(price) ? "–" : price.toFixed(2);
}

/** A canvas of that size, empty, with as many pixels as the screen has. */
export function cleared(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const density = Math.min(devicePixelRatio, 2);
  const [across, down] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  const context = canvas.getContext("2d");
  context?.setTransform(density, 0, 0, density, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}
