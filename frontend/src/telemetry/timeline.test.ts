import { beforeEach, expect, test } from "vitest";
import { gapsIn, KEPT, type Sample, sampleAt, Timeline, within } from "./timeline";

let timeline: Timeline;

beforeEach(() => {
  timeline = new Timeline();
});

function add(epoch: string, offset: number, time: number): void {
  timeline.add({ epoch, offset, data: { time } as Sample });
}

/** Samples from one offset to another, each a second after the one before. */
function run(epoch: string, first: number, last: number, begin: number): void {
  for (let offset = first; offset <= last; offset++) add(epoch, offset, begin + offset - first);
}

function times(): (number | null)[] {
  return timeline.rows.map((row) => row.sample && row.time);
}

test("samples come in order, and the position is that of the last", () => {
  expect(timeline.position).toBe("");
  run("a", 1, 3, 100);
  expect(times()).toEqual([100, 101, 102]);
  expect(timeline.position).toBe("a-3");
});

test("what comes again is known already", () => {
  run("a", 1, 3, 100);
  run("a", 1, 4, 100);
  expect(times()).toEqual([100, 101, 102, 103]);
});

test("what a reconnect brings later leaves no gap", () => {
  run("a", 1, 3, 100);
  run("a", 4, 13, 103); // ten seconds, all at once
  expect(gapsIn(timeline.rows)).toEqual([]);
  expect(times()).toHaveLength(13);
});

test("a sample that came a little late leaves no gap", () => {
  add("a", 1, 100);
  add("a", 2, 102.4);
  expect(gapsIn(timeline.rows)).toEqual([]);
});

test("a jump of time is a gap, from the sample before to the one after", () => {
  run("a", 1, 3, 100);
  run("a", 7, 8, 106);
  expect(times()).toEqual([100, 101, 102, null, 106, 107]);
  expect(gapsIn(timeline.rows)).toEqual([[102, 106]]);
});

test("a server that started anew counts anew, and what it missed is a gap", () => {
  run("a", 1, 3, 100);
  run("b", 1, 2, 104);
  expect(gapsIn(timeline.rows)).toEqual([[102, 104]]);
  expect(timeline.position).toBe("b-2");
});

test("a new server is a gap even where it was quick", () => {
  run("a", 1, 2, 100);
  add("b", 1, 102);
  expect(gapsIn(timeline.rows)).toEqual([[101, 102]]);
});

test("where the server's clock was set back, its new time counts", () => {
  run("a", 1, 5, 100);
  add("a", 6, 102.5);
  expect(times()).toEqual([100, 101, 102, 102.5]);
});

test("no gap is left at an end when the clock was set back into it", () => {
  run("a", 1, 2, 100);
  run("a", 3, 4, 110);
  add("a", 5, 108);
  expect(times()).toEqual([100, 101, null, 108]);
});

test("what is older than a quarter of an hour goes, the gap before it too", () => {
  add("a", 1, 100);
  run("a", 50, 60, 200);
  add("a", 1000, 205 + KEPT);
  expect(times()[0]).toBe(200);
  expect(gapsIn(timeline.rows)).toEqual([[210, 205 + KEPT]]);
});

test("a window has one more row at each side", () => {
  run("a", 1, 10, 100);
  expect(within(timeline.rows, 103.5, 105.5).map((row) => row.time)).toEqual([103, 104, 105, 106]);
  expect(within(timeline.rows, 0, 1000)).toHaveLength(10);
  expect(within(timeline.rows, 0, 1)).toHaveLength(1);
  expect(within([], 0, 1)).toEqual([]);
});

test("a time is read at the nearest sample, and in a gap at none", () => {
  run("a", 1, 3, 100);
  run("a", 20, 21, 120);
  expect(sampleAt(timeline.rows, 101.4)?.time).toBe(101);
  expect(sampleAt(timeline.rows, 101.6)?.time).toBe(102);
  expect(sampleAt(timeline.rows, 99)?.time).toBe(100);
  expect(sampleAt(timeline.rows, 110)).toBeNull();
  expect(sampleAt(timeline.rows, 200)).toBeNull();
  expect(sampleAt([], 0)).toBeNull();
});
