import { expect, test } from "vitest";
import { confirmed, pending, settled } from "./outbox";
import type { Said } from "./protocol";

const said = (name: string, text: string): Said => ({ kind: "said", name, text, time: 0 });

test("what comes back is confirmed, once", () => {
  const outbox = [pending("ada", "yes", 1), pending("ada", "yes", 1)];
  expect(confirmed(outbox, said("ada", "yes"))).toEqual([outbox[1]]);
});

test("what somebody else says confirms nothing", () => {
  const outbox = [pending("ada", "yes", 1)];
  expect(confirmed(outbox, said("bob", "yes"))).toBe(outbox);
  expect(confirmed(outbox, said("ada", "no"))).toBe(outbox);
});

test("what an earlier connection took along is lost", () => {
  const outbox = [pending("ada", "one", 1), pending("ada", "two", 2)];
  const after = settled(outbox, 2);
  expect(after.map(({ lost }) => lost)).toEqual([true, false]);
  expect(settled(after, 2)).toBe(after);
});
