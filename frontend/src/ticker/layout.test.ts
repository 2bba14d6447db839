import { expect, test } from "vitest";
import { CARD, endRow, firstRow, layout, moved, rowTop, scrolledTo, seen } from "./layout";

const ROW = CARD.height + CARD.gap;

test("there are as many columns as there is room for, and at least one", () => {
  const { narrowest, gap } = CARD;
  expect(layout(0, 500).columns).toBe(1);
  expect(layout(2 * narrowest + gap - 1, 500).columns).toBe(1);
  expect(layout(2 * narrowest + gap, 500)).toMatchObject({ columns: 2, width: narrowest });
  expect(layout(3 * narrowest, 7)).toMatchObject({ columns: 2, rows: 4, height: 4 * ROW - gap });
  expect(layout(300, 0)).toMatchObject({ rows: 0, height: 0 });
});

test("what is in sight is drawn, and a row on either side", () => {
  const grid = layout(3 * ROW, 100);
  expect([firstRow(0), endRow(0, 3 * ROW, grid)]).toEqual([0, 4]);
  expect([firstRow(5.5 * ROW), endRow(5.5 * ROW, 3 * ROW, grid)]).toEqual([4, 10]);
  expect(endRow(grid.height, 3 * ROW, grid)).toBe(grid.rows);
  expect(rowTop(firstRow(5.5 * ROW))).toBe(4 * ROW);
});

test("only cards of which something shows are counted as seen", () => {
  const grid = layout(2 * CARD.narrowest + CARD.gap, 9);
  expect(seen(0, 2 * ROW, 9, grid)).toBe(4);
  expect(seen(ROW / 2, 2 * ROW, 9, grid)).toBe(6);
  expect(seen(3 * ROW, 2 * ROW, 9, grid)).toBe(3);
  expect(seen(0, 2 * ROW, 0, grid)).toBe(0);
});

test("one scrolls no further than needed", () => {
  expect(scrolledTo(2, 0, 4 * ROW)).toBe(0);
  expect(scrolledTo(9, 0, 4 * ROW)).toBe(9 * ROW + CARD.height - 4 * ROW);
  expect(scrolledTo(1, 5 * ROW, 4 * ROW)).toBe(ROW);
});

test.each([
  ["ArrowLeft", 10, 9],
  ["ArrowLeft", 0, 0],
  ["ArrowRight", 99, 99],
  ["ArrowUp", 10, 5],
  ["ArrowDown", 97, 99],
  ["PageDown", 10, 25],
  ["PageUp", 10, 0],
  ["Home", 42, 0],
  ["End", 42, 99],
  ["a", 42, undefined],
])("%s leads from %i to %s", (key, at, to) => {
  expect(moved(key, at, 100, 5, 3)).toBe(to);
});
