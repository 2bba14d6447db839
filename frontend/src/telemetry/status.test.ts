import { expect, test } from "vitest";
import { type Facts, statusOf } from "./status";

function told(facts: Partial<Facts>): string {
  const { state, text, detail } = statusOf({
    link: "open",
    retryAt: 0,
    now: 0,
    silence: 0,
    begun: true,
    paused: false,
    ...facts,
  });
  return [state, text, detail].join(": ");
}

test("a stream that comes is live", () => {
  expect(told({})).toBe("live: Live: every second");
  expect(told({ silence: 2.4 })).toBe("live: Live: every second");
});

test("one that is silent is stale, and says for how long", () => {
  expect(told({ silence: 3.2 })).toBe("stale: Stale: nothing for 3 s");
});

test("a connection that was lost says when it is tried again", () => {
  expect(told({ link: "waiting", now: 1000, retryAt: 2500 })).toBe("lost: Reconnecting: in 2 s");
  expect(told({ link: "waiting", now: 3000, retryAt: 2500 })).toBe("lost: Reconnecting: now");
  expect(told({ link: "connecting", silence: 7 })).toBe("lost: Connecting: nothing for 7 s");
});

test("the first connection is not a lost one", () => {
  expect(told({ link: "connecting", begun: false })).toBe("connecting: Connecting: ");
  expect(told({ begun: false })).toBe("connecting: Connected: ");
});

test("a refusal is final", () => {
  expect(told({ link: "refused" })).toBe("refused: Refused by the server: ");
});

test("a pause is said, and hides no trouble", () => {
  expect(told({ paused: true })).toBe("paused: Paused: still measuring");
  expect(told({ paused: true, silence: 9 })).toBe("stale: Stale: nothing for 9 s");
  expect(told({ paused: true, link: "waiting" })).toMatch(/^lost/);
});
