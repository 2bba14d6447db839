// What is drawn beside lines: where nothing was measured, and a row for each core.

import type uPlot from "uplot";
import type { Palette } from "../lib/theme";
import { gapsIn, HOLE, type Row } from "./timeline";

const HATCH = 7; // pixels between two strokes

type Box = readonly [left: number, top: number, width: number, height: number];

/** Keep to the plot while drawing. */
function inPlot(u: uPlot, draw: (box: Box) => void): void {
  const { left, top, width, height } = u.bbox;
  u.ctx.save();
  u.ctx.beginPath();
  u.ctx.rect(left, top, width, height);
  u.ctx.clip();
  draw([left, top, width, height]);
  u.ctx.restore();
}

/** Shade and hatch where nothing was measured, up to `newest`, where something should have been. */
export function paintGaps(
  u: uPlot,
  rows: readonly Row[],
  newest: number,
  palette: Palette,
  ratio: number,
): void {
  const last = rows.at(-1)?.time ?? newest;
  const gaps = gapsIn(rows);
  if (newest - last > HOLE) gaps.push([last, newest]);
  inPlot(u, ([, top, , height]) => {
    for (const [from, to] of gaps) {
      const [left, right] = [u.valToPos(from, "x", true), u.valToPos(to, "x", true)];
      hatch(u.ctx, [left, top, right - left, height], palette, ratio);
    }
  });
}

function hatch(
  context: CanvasRenderingContext2D,
  [left, top, width, height]: Box,
  palette: Palette,
  ratio: number,
): void {
  const step = HATCH * ratio;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.fillStyle = palette.sunken;
  context.fill();
  context.strokeStyle = palette.hatch;
  context.lineWidth = ratio;
  context.beginPath();
  for (let x = left - height - (left % step); x < left + width; x += step) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

/** A sample is a column, from the one before on, and a core is a row of it. */
export function paintCores(u: uPlot, rows: readonly Row[], count: number, palette: Palette): void {
  inPlot(u, ([left, top, , height]) => {
    u.ctx.fillStyle = palette["series-1"];
    for (const [index, { time, sample }] of rows.entries()) {
      const begin = rows[index - 1]?.sample?.time ?? time - 1;
      const from = Math.max(left, Math.round(u.valToPos(begin, "x", true)));
      const width = Math.round(u.valToPos(time, "x", true)) - from;
      if (sample && width > 0) column(u.ctx, sample.cores, [from, top, width, height], count);
    }
  });
}

function column(
  context: CanvasRenderingContext2D,
  cores: readonly number[],
  [left, top, width, height]: Box,
  count: number,
): void {
  const space = height / count > 10 ? 1 : 0;
  for (const [core, busy] of cores.entries()) {
    const from = Math.round(top + (core * height) / count);
    const to = Math.round(top + ((core + 1) * height) / count);
    context.globalAlpha = 0.06 + 0.94 * (busy / 100) ** 1.3;
    context.fillRect(left, from, width, to - from - space);
  }
  context.globalAlpha = 1;
}
