import { expect, test } from "vitest";
import { Arrivals, BIN, SPAN } from "./arrivals";

const START = 1_700_000_000_000;

/** Twenty messages a second from START, for so many milliseconds. */
function steady(arrivals: Arrivals, begin: number, milliseconds: number): void {
  for (let at = 0; at < milliseconds; at += 50) arrivals.add(begin + at);
}

test("a steady stream is a level line at its rate, once a whole second is known", () => {
  const arrivals = new Arrivals();
  steady(arrivals, START, 3000);
  const points = arrivals.points(START + 3000);
  expect(points.map(([, rate]) => rate)).toEqual(points.map(() => 20));
  expect(points[0]?.[0]).toBe(START + 1000 + BIN);
  expect(points.at(-1)?.[0]).toBe(START + 3000);
});

test("a stream that stops falls to nothing within a second, and the line goes on", () => {
  const arrivals = new Arrivals();
  steady(arrivals, START, 3000);
  const rates = arrivals.points(START + 5000).map(([, rate]) => rate);
  expect(rates.slice(-9)).toEqual([20, 15, 10, 5, 0, 0, 0, 0, 0]);
});

test("nothing is drawn before a message came", () => {
  expect(new Arrivals().points(START)).toEqual([]);
});

test("what has left the chart is forgotten, however long the stream", () => {
  const arrivals = new Arrivals();
  steady(arrivals, START, 3 * SPAN);
  const points = arrivals.points(START + 3 * SPAN);
  expect(points.length).toBe(SPAN / BIN + 1);
  expect(points.every(([, rate]) => rate === 20)).toBe(true);
});
