// The large chart: one instrument's last minute.

import type { Palette } from "../lib/theme";
import { amount, extent, lineColour, trace, widened } from "./paint";

const FONT = "12px system-ui, sans-serif";
const MARGIN = { top: 8, right: 56, bottom: 22, left: 2 } as const; // CSS pixels
const NARROW = 0.004; // of a price: a line that stays within it looks flat
const LINES = 4;

export interface Minute {
  values: Float32Array;
  /** Since the market opened. */
  change: number;
}

export function paintChart(
  context: CanvasRenderingContext2D,
  { values, change }: Minute,
  size: { width: number; height: number },
  palette: Palette,
): void {
  const area = {
    x: MARGIN.left,
    y: MARGIN.top,
    width: size.width - MARGIN.left - MARGIN.right,
    height: size.height - MARGIN.top - MARGIN.bottom,
  };
  const range = widened(extent(values), NARROW);
  context.font = FONT;
  context.lineWidth = 1;
  context.strokeStyle = palette.grid;
  context.fillStyle = palette.muted;
  for (let index = 0; index < LINES; index++) {
    const share = index / (LINES - 1);
    const y = Math.round(area.y + share * area.height) + 0.5;
    context.beginPath();
    context.moveTo(area.x, y);
    context.lineTo(area.x + area.width, y);
    context.stroke();
    const price = range[1] - share * (range[1] - range[0]);
    if (!Number.isNaN(price)) context.fillText(amount(price), area.x + area.width + 8, y + 4);
  }
  context.fillText("1 minute ago", area.x, size.height - 4);
  context.textAlign = "right";
  context.fillText("now", area.x + area.width, size.height - 4);
  context.textAlign = "left";
  if (Number.isNaN(range[0])) return;
  context.lineWidth = 2;
  context.lineJoin = "round";
  context.strokeStyle = lineColour(change, palette);
  context.beginPath();
  trace(context, values, range, area);
  context.stroke();
}
