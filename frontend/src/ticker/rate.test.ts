import type { Server } from "node:http";
import { signal } from "@preact/signals";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { serve } from "../lib/testing/server";
import { fallsShort, nearest, Rate, stops } from "./rate";
import type { Report } from "./store";

let server: Server;
let asked: string[] = [];

/** Takes rates up to 100. */
beforeAll(async () => {
  server = await serve((request, response) => {
    request.on("data", (body) => {
      asked.push(`${request.method} ${request.url} ${body}`);
      const taken = JSON.parse(body).updates_per_second <= 100;
      response.statusCode = taken ? 200 : 422;
      response.end(JSON.stringify(taken ? {} : { detail: "too many" }));
    });
  });
});

beforeEach(() => {
  asked = [];
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function report(asked: number, published = 0): Report {
  return { asked, published, fastest: 20_000 };
}

test("the slider stops at round numbers, and at the fastest", () => {
  expect(stops(1000)).toEqual([0, 10, 20, 50, 100, 200, 500, 1000]);
  expect(stops(30_000).slice(-3)).toEqual([10_000, 20_000, 30_000]);
  expect(stops(1)).toEqual([0, 1]);
});

test("a rate that is no stop is shown at the nearest", () => {
  const all = stops(1000);
  expect([0, 4, 60, 400, 990, 5000].map((rate) => all[nearest(all, rate)])).toEqual([
    0, 10, 50, 500, 1000, 1000,
  ]);
});

test("a server that falls short is told from one that has just begun, or is idle", () => {
  expect(fallsShort(report(20_000, 12_000))).toBe(true);
  expect(fallsShort(report(20_000, 19_900))).toBe(false);
  expect(fallsShort(report(20_000, 0))).toBe(false);
  expect(fallsShort(report(10, 8))).toBe(false);
});

test("what is chosen shows at once, and is asked for when the slider rests", async () => {
  const said = signal<Report | undefined>(report(50));
  const rate = new Rate(said);
  for (const one of [10, 20, 100]) rate.choose(one);
  expect(rate.asked.value).toBe(100);
  await vi.waitFor(() =>
    expect(asked).toEqual(['POST /below/ticker/rate {"updates_per_second":100}']),
  );
  said.value = report(50);
  expect(rate.asked.value).toBe(100);
  said.value = report(100);
  said.value = report(70); // somebody else's choice
  expect(rate.asked.value).toBe(70);
});

test("what the server does not take is told, and no longer shown", async () => {
  const rate = new Rate(signal<Report | undefined>(report(50)));
  rate.choose(200);
  await vi.waitFor(() => expect(rate.failure.value).toBe("too many"));
  expect(rate.asked.value).toBe(50);
  rate.choose(100);
  await vi.waitFor(() => expect(rate.failure.value).toBe(""));
});
