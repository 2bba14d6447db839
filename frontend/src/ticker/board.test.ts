import { expect, test } from "vitest";
import { Board, MINUTE, STEP } from "./board";
import { arrange } from "./order";

const LISTINGS = [
  { symbol: "CEDRA", name: "Cedar Rail", sector: "Rail", open: 100 },
  { symbol: "ALDAI", name: "Alder Airways", sector: "Airways", open: 10 },
  { symbol: "BASBA", name: "Basalt Bank", sector: "Bank", open: 50 },
];

function board(...prices: number[]): Board {
  const made = new Board(LISTINGS, 0);
  prices.forEach((price, place) => {
    made.take(LISTINGS[place]?.symbol ?? "", price);
  });
  return made;
}

test("a price is that of its symbol; what is not listed is nobody's", () => {
  const made = board(101, 9.5);
  made.take("NOPE", 7);
  expect([...made.prices]).toEqual([101, 9.5, Number.NaN]);
  expect(made.change(0)).toBeCloseTo(0.01);
  expect(made.change(1)).toBeCloseTo(-0.05);
  expect(made.change(2)).toBeNaN();
});

test("the past has equal steps, whenever it was looked at", () => {
  const made = board(101);
  expect(made.advance(STEP - 1)).toBe(0);
  expect(made.advance(STEP)).toBe(1);
  made.take("CEDRA", 102);
  expect(made.advance(3.5 * STEP)).toBe(2);
  made.take("CEDRA", 103);
  expect(made.advance(4 * STEP)).toBe(1);
  expect([...made.past(0, new Float32Array(6))]).toEqual([
    Number.NaN,
    Number.NaN,
    101,
    102,
    102,
    103,
  ]);
});

test("while nothing is known there is a hole", () => {
  const made = board(101, 9);
  made.advance(STEP);
  made.forget();
  made.advance(3 * STEP);
  made.take("CEDRA", 99);
  made.advance(4 * STEP);
  expect([...made.past(0, new Float32Array(4))]).toEqual([101, Number.NaN, Number.NaN, 99]);
});

test("a minute is kept, of every instrument, and no more", () => {
  const made = board(0, 9, 8);
  for (let step = 1; step <= MINUTE + 250; step++) {
    made.take("CEDRA", step);
    made.advance(step * STEP);
  }
  const past = made.past(0, new Float32Array(MINUTE));
  expect([past[0], past[MINUTE - 1]]).toEqual([251, MINUTE + 250]);
  expect([...made.past(2, new Float32Array(2))]).toEqual([8, 8]);
  made.forget();
  made.advance(10 * MINUTE * STEP); // long out of sight
  expect([...made.past(0, past)].every(Number.isNaN)).toBe(true);
});

test("instruments are found by a part of their symbol or name", () => {
  expect(arrange(board(), "", "symbol")).toEqual([1, 2, 0]);
  expect(arrange(board(), " RAIL ", "symbol")).toEqual([0]);
  expect(arrange(board(), "ba", "symbol")).toEqual([2]);
  expect(arrange(board(), "nothing", "risers")).toEqual([]);
});

test("who rose and who fell most comes first, the unknown between them", () => {
  const made = board(103, 9.5);
  expect(arrange(made, "", "risers")).toEqual([0, 2, 1]);
  expect(arrange(made, "", "fallers")).toEqual([1, 2, 0]);
  expect(arrange(board(), "", "fallers")).toEqual([1, 2, 0]);
});
