import type { Server } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { acceptSockets, type Peer, serve } from "../lib/testing/server";
import { TickerStore } from "./store";

const LISTINGS = [
  { symbol: "ALDAI", name: "Alder Airways", sector: "Airways", open: 10 },
  { symbol: "BASBA", name: "Basalt Bank", sector: "Bank", open: 50 },
];
const REPORT = { asked: 5000, published: 4990, fastest: 20_000 };

let server: Server;
let peers: Peer[];
let asked: number;
const store = { current: new TickerStore() };

beforeEach(async () => {
  asked = 0;
  peers = [];
  server = await serve((_, response) => {
    asked++;
    response.end(JSON.stringify(LISTINGS));
  });
  acceptSockets(server, (peer) => peers.push(peer));
  store.current = new TickerStore();
});

afterEach(() => {
  store.current.close();
  server.closeAllConnections();
  server.close();
});

async function connected(number: number): Promise<Peer> {
  await vi.waitFor(() => expect(peers).toHaveLength(number), 5000);
  await vi.waitFor(() => expect(store.current.link.value).toBe("open"));
  return peers[number - 1] as Peer;
}

function prices(): number[] {
  return [...(store.current.board.value?.prices ?? [])];
}

test("nothing is asked for before somebody looks", () => {
  expect(store.current.link.value).toBe("closed");
  expect(store.current.board.value).toBeUndefined();
  expect(asked).toBe(0);
});

test("updates and reports come over one connection", async () => {
  store.current.open();
  const peer = await connected(1);
  expect(peer.path).toBe("/below/ws/ticker");
  peer.say('["BASBA",51.5]');
  peer.say(JSON.stringify(REPORT));
  await vi.waitFor(() => expect(store.current.report.value).toEqual(REPORT));
  expect(prices()).toEqual([Number.NaN, 51.5]);
  await vi.waitFor(() => expect(store.current.step.value).toBeGreaterThan(1));
});

test("updates are counted each second, reports are not", async () => {
  store.current.open();
  await connected(1);
  const now = performance.now() + 60_000;
  store.current.tick(now);
  for (let update = 0; update < 500; update++) store.current.receive(["ALDAI", update]);
  store.current.receive(REPORT);
  store.current.tick(now + 2000);
  expect(store.current.received.value).toBe(250);
});

test("who looks away is sent nothing, and sees a hole afterwards", async () => {
  store.current.open();
  (await connected(1)).say('["ALDAI",11]');
  await vi.waitFor(() => expect(prices()[0]).toBe(11));
  store.current.close();
  expect(store.current.link.value).toBe("closed");
  expect(prices()).toEqual([Number.NaN, Number.NaN]);
  store.current.open();
  (await connected(2)).say('["ALDAI",12]');
  await vi.waitFor(() => expect(prices()[0]).toBe(12));
  expect(asked).toBe(1); // what is listed is known by now
});

test("who looks away before the list has come connects to nothing", async () => {
  store.current.open();
  store.current.close();
  await vi.waitFor(() => expect(store.current.board.value).toBeDefined());
  expect(store.current.link.value).toBe("closed");
  expect(peers).toHaveLength(0);
});
