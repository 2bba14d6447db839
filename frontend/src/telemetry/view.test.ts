import { expect, test } from "vitest";
import { KEPT } from "./timeline";
import { reveal, SHORTEST, select, zoom } from "./view";

const NEWEST = 1000;
const live = { span: 60, end: null };

test("a selection shows what was selected, in whichever direction", () => {
  expect(select(950, 970, NEWEST)).toEqual({ span: 20, end: 970 });
  expect(select(970, 950, NEWEST)).toEqual({ span: 20, end: 970 });
});

test("a selection up to the newest sample goes on with it", () => {
  expect(select(980, 999.5, NEWEST).end).toBeNull();
});

test("a narrow selection shows some seconds around it", () => {
  expect(select(950, 951, NEWEST)).toEqual({ span: SHORTEST, end: 950.5 + SHORTEST / 2 });
});

test("without a cursor a zoom keeps its end, and goes on if it did", () => {
  expect(zoom(live, 0.5, null, NEWEST)).toEqual({ span: 30, end: null });
  expect(zoom({ span: 20, end: 500 }, 2, null, NEWEST)).toEqual({ span: 40, end: 500 });
});

test("a zoom leaves the cursor where it is on the screen", () => {
  const before = { span: 60, end: 900 };
  const after = zoom(before, 0.5, 885, NEWEST);
  expect(after).toEqual({ span: 30, end: 892.5 });
  expect((900 - 885) / 60).toBe((892.5 - 885) / 30);
});

test("a zoom has limits", () => {
  expect(zoom(live, 0.001, null, NEWEST).span).toBe(SHORTEST);
  expect(zoom(live, 1000, null, NEWEST).span).toBe(KEPT);
});

test("a view moves as little as needed to show a time", () => {
  const view = { span: 60, end: 900 };
  expect(reveal(view, 870, NEWEST)).toBe(view);
  expect(reveal(view, 830, NEWEST)).toEqual({ span: 60, end: 890 });
  expect(reveal(view, 910, NEWEST)).toEqual({ span: 60, end: 910 });
  expect(reveal(view, 999.5, NEWEST)).toEqual(live);
  expect(reveal(live, 999, NEWEST)).toBe(live);
});
