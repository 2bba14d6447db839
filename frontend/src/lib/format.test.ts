import { expect, test } from "vitest";
import { count, delay, gigabytes, rate, round, short } from "./format";

test.each([
  [0, "0"],
  [0.123, "0.12"],
  [12.34, "12.3"],
  [12.04, "12"],
  [99.96, "100"],
  [1234.5, "1235"],
  [30, "30"],
])("%d is shown as %s", (value, text) => {
  expect(short(value)).toBe(text);
});

test.each([
  [0, "0", "B/s"],
  [999, "999", "B/s"],
  [1500, "1.5", "kB/s"],
  [2_000_000, "2", "MB/s"],
  [5e12, "5000", "GB/s"],
])("%d bytes a second are %s %s", (bytes, number, unit) => {
  expect(rate(bytes)).toEqual([number, unit]);
});

test("delays above a second are given in seconds", () => {
  expect(delay(999)).toEqual(["999", "ms"]);
  expect(delay(1500)).toEqual(["1.5", "s"]);
});

test("scales end at round numbers", () => {
  expect([1, 3, 37, 81, 420].map(round)).toEqual([1, 4, 40, 100, 500]);
});

test("counts are grouped, sizes are in GiB", () => {
  expect(count(1234567.4)).toBe("1,234,567");
  expect(gigabytes(3 * 2 ** 30)).toBe("3.0");
});
