import { expect, test } from "vitest";
import { add, EMPTY, type Log, since } from "./log";
import type { Frame, Said } from "./protocol";

function frame(offset: number, epoch = "e"): Frame<Said> {
  const data: Said = { kind: "said", name: "ada", text: `text ${offset}`, time: offset };
  return { channel: "chat:lobby", offset, epoch, data };
}

function after(...frames: Frame<Said>[]): Log {
  return frames.reduce(add, EMPTY);
}

const kinds = ({ lines }: Log) => lines.map(({ kind }) => kind);

test("a new page begins anywhere, and goes on after the last message", () => {
  expect(since(EMPTY)).toBe("");
  const log = after(frame(7), frame(8));
  expect(kinds(log)).toEqual(["said", "said"]);
  expect(since(log)).toBe("e-8");
});

test("what is told twice is shown once", () => {
  const log = after(frame(7), frame(8));
  expect(add(add(log, frame(7)), frame(8))).toBe(log);
  expect(kinds(add(log, frame(9)))).toEqual(["said", "said", "said"]);
});

test("a hole is told, with its size", () => {
  const log = after(frame(7), frame(10));
  expect(log.lines[1]).toMatchObject({ kind: "missed", count: 2 });
  expect(kinds(add(log, frame(11)))).toEqual(["said", "missed", "said", "said"]);
});

test("another server's log is told from this one's", () => {
  const log = after(frame(7), frame(1, "f"), frame(2, "f"));
  expect(kinds(log)).toEqual(["said", "restarted", "said", "said"]);
  expect(since(log)).toBe("f-2");
});

test("keys differ, and only the latest lines are kept", () => {
  const log = after(...Array.from({ length: 250 }, (_, index) => frame(2 * index)));
  expect(log.lines).toHaveLength(200);
  expect(new Set(log.lines.map(({ key }) => key)).size).toBe(200);
  expect(log.lines.at(-1)).toMatchObject({ said: { text: "text 498" } });
});
