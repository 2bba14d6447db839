import { expect, test } from "vitest";
import { amount, direction, extent, percent, trace, widened } from "./paint";

const HOLE = Number.NaN;

/** The path that is drawn: M and L, with their coordinates. */
function path(values: number[]): string {
  const said: string[] = [];
  const context = {
    moveTo: (x: number, y: number) => said.push(`M${x},${y}`),
    lineTo: (x: number, y: number) => said.push(`L${x},${y}`),
  } as unknown as CanvasRenderingContext2D;
  trace(context, new Float32Array(values), [0, 10], { x: 100, y: 20, width: 30, height: 10 });
  return said.join(" ");
}

test("a line fills its box, and what is higher is further up", () => {
  expect(path([0, 10, 5, 0])).toBe("M100,30 L110,20 L120,25 L130,30");
});

test("what is not known is a hole in the line", () => {
  expect(path([HOLE, 10, HOLE, 5])).toBe("M110,20 M130,25");
  expect(path([HOLE, HOLE])).toBe("");
});

test("a scale holds what is known, and is never too narrow", () => {
  expect(extent(new Float32Array([HOLE, 3, 1, HOLE]))).toEqual([1, 3]);
  expect(extent(new Float32Array([HOLE]))).toEqual([HOLE, HOLE]);
  expect(widened([1, 3], 0.1)).toEqual([1, 3]);
  expect(widened([100, 100], 0.02)).toEqual([99, 101]);
});

test.each([
  [0.0123, "up", "▲ 1.23 %"],
  [-0.0004, "down", "▼ 0.04 %"],
  [0.00001, "flat", "0.00 %"],
  [HOLE, "flat", "–"],
])("a change of %d is told by more than its colour", (change, way, words) => {
  expect([direction(change), percent(change)]).toEqual([way, words]);
});

test("a price has two decimals", () => {
  expect([amount(8.3), amount(HOLE)]).toEqual(["8.30", "–"]);
});
