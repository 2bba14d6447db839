import { expect, test } from "vitest";
import { madeAt, marksOf, type News, newsOf } from "./protocol";

function one(number: number, side: News["side"], mark = ""): News {
  return { number, time: 100 + number, side, text: `news ${number}`, mark };
}

const EVENTS = [one(1, "both", "stall"), one(2, "tutorial"), one(3, "holdfast")];

test("a side's news are its own, and what was done to both", () => {
  expect(newsOf(EVENTS, "tutorial").map(({ number }) => number)).toEqual([1, 2]);
  expect(newsOf(EVENTS, "holdfast").map(({ number }) => number)).toEqual([1, 3]);
});

test("what was pressed is marked at its time on this page's clock", () => {
  expect(marksOf(EVENTS, 500)).toEqual([{ time: 101_500, word: "stall" }]);
});

test("only messages of the stream have a time", () => {
  expect(madeAt('{"number": 1, "time": 12.5, "filler": "."}')).toBe(12.5);
  expect(madeAt("Client #7 left the chat")).toBeNull();
});
