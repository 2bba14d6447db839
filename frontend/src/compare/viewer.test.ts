import { beforeEach, expect, test } from "vitest";
import { Fastest, FROZEN, Viewer } from "./viewer";

const START = 1_700_000_000_000;

function message(made: number): string {
  return JSON.stringify({ number: 1, time: made / 1000, filler: "." });
}

let viewer: Viewer;

beforeEach(() => {
  viewer = new Viewer("tutorial", new Fastest());
});

test("a viewer is connecting until the first message, and then receives", () => {
  expect(viewer.mood.value).toBe("off");
  viewer.linked("connecting", START);
  viewer.linked("open", START);
  viewer.show(START + 100);
  expect(viewer.mood.value).toBe("connecting");
  viewer.take(message(START), START + 110);
  viewer.show(START + 120);
  expect(viewer.mood.value).toBe("receiving");
  expect(viewer.received.value).toBe(1);
});

test("without a message it is frozen, for as long as that lasts", () => {
  viewer.linked("open", START);
  viewer.take(message(START), START + 1000);
  viewer.show(START + 1000 + FROZEN);
  expect(viewer.mood.value).toBe("receiving");
  viewer.show(START + 8400);
  expect(viewer.mood.value).toBe("frozen");
  expect(viewer.frozenFor.value).toBe(7);
  expect(viewer.delay.value).toBeNull();
  viewer.take(message(START + 8400), START + 8500);
  viewer.show(START + 8500);
  expect(viewer.mood.value).toBe("receiving");
});

test("who connects to a side that stands still already finds it frozen", () => {
  viewer.linked("open", START);
  viewer.show(START + FROZEN + 1);
  expect(viewer.mood.value).toBe("frozen");
});

test("a connection that is lost is no frozen one", () => {
  viewer.linked("open", START);
  viewer.take(message(START), START);
  viewer.linked("waiting", START + 100);
  viewer.show(START + 9000);
  expect(viewer.mood.value).toBe("connecting");
  expect(viewer.received.value).toBe(1);
  viewer.linked("closed", START + 9100);
  expect(viewer.mood.value).toBe("off");
});

test("what people say in the chat is not counted", () => {
  viewer.linked("open", START);
  viewer.take("Client #7 left the chat", START + 10);
  viewer.show(START + 20);
  expect(viewer.received.value).toBe(0);
  expect(viewer.arrivals.points(START + 5000)).toEqual([]);
});

test("delay is what a message took beyond the fastest of both sides, whatever the clocks", () => {
  const fastest = new Fastest();
  const other = new Viewer("holdfast", fastest);
  viewer = new Viewer("tutorial", fastest);
  for (const one of [viewer, other]) one.linked("open", START);
  other.take(message(START + 5000), START + 2); // a server's clock that is 5 s ahead
  viewer.take(message(START + 5100), START + 145);
  viewer.show(START + 150);
  expect(viewer.delay.value).toBe(43);
});
