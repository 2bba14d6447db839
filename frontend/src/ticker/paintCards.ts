// What changes in the cards on screen: price, change and line. One canvas holds them all.

import type { Palette } from "../lib/theme";
import type { Board } from "./board";
import { CARD } from "./layout";
import { amount, type Box, extent, lineColour, percent, textColour, trace, widened } from "./paint";

const FONT = "system-ui, sans-serif";
const PAD = 8; // CSS pixels
const NARROW = 0.002; // of a price: a line that stays within it looks flat

const past = new Float32Array(120); // steps: 12 seconds

export interface Cards {
  board: Board;
  places: readonly number[];
  columns: number;
  width: number;
}

/** Draw the cards in rows, from the upper left. */
export function paintCards(
  context: CanvasRenderingContext2D,
  { board, places, columns, width }: Cards,
  palette: Palette,
): void {
  const boxes = places.map((_, index) => ({
    x: (index % columns) * (width + CARD.gap) + PAD,
    y: Math.floor(index / columns) * (CARD.height + CARD.gap),
    width: width - 2 * PAD,
    height: CARD.height,
  }));
  context.textAlign = "right";
  context.fillStyle = palette.ink;
  context.font = `600 13px ${FONT}`;
  places.forEach((place, index) => {
    write(context, amount(board.prices[place] ?? Number.NaN), boxes[index], 20);
  });
  context.font = `12px ${FONT}`;
  context.lineJoin = "round";
  context.lineWidth = 1.5;
  places.forEach((place, index) => {
    const change = board.change(place);
    context.fillStyle = textColour(change, palette);
    write(context, percent(change), boxes[index], 36);
    context.fillStyle = context.strokeStyle = lineColour(change, palette);
    line(context, board.past(place, past), boxes[index]);
  });
}

function write(context: CanvasRenderingContext2D, text: string, box: Box | undefined, at: number) {
  if (box) context.fillText(text, box.x + box.width, box.y + at);
}

/** The line, and a dot at its end where the price has just changed. */
function line(context: CanvasRenderingContext2D, values: Float32Array, box: Box | undefined) {
  const range = widened(extent(values), NARROW);
  if (!box || Number.isNaN(range[0])) return;
  const area = { x: box.x, y: box.y + 45, width: box.width - 2, height: box.height - 54 };
  context.beginPath();
  trace(context, values, range, area);
  context.stroke();
  const [before, last] = values.slice(-2) as unknown as [number, number];
  if (before === last || Number.isNaN(last)) return;
  const y = area.y + ((range[1] - last) / (range[1] - range[0])) * area.height;
  context.fillRect(area.x + area.width - 1.5, y - 2, 4, 4);
}
