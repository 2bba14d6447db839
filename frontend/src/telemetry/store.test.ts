import type { Server } from "node:http";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { acceptSockets, type Peer, serve } from "../lib/testing/server";
import * as store from "./store";

// The page has one store, which lives as long as it does: the tests go on from one another.

const BEGIN = 1_700_000_000;
let server: Server;
const peers: Peer[] = [];

beforeAll(async () => {
  server = await serve();
  acceptSockets(server, (peer) => peers.push(peer));
  store.start();
  await vi.waitFor(() => expect(peers).toHaveLength(1));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Let the server say samples from one offset to another, a second apart. */
async function come(epoch: string, first: number, last: number, begin: number): Promise<void> {
  for (let offset = first; offset <= last; offset++) {
    const time = begin + offset - first;
    peers.at(-1)?.say(JSON.stringify({ epoch, offset, data: { time, cores: [1, 2] } }));
  }
  const newest = begin + last - first;
  await vi.waitFor(() => expect(store.newest.value).toBe(newest));
}

function shown(): [from: number, to: number] {
  return [store.frame.value.from - BEGIN, store.frame.value.to - BEGIN];
}

test("it begins with what the server has kept", async () => {
  expect(peers[0]?.path).toBe("/below/ws/telemetry");
  expect(store.status.value.state).toBe("connecting");
  await come("a", 1, 100, BEGIN);
  expect(store.collected.value).toEqual({ samples: 100, gaps: 0 });
  expect(store.status.value.state).toBe("live");
  expect(store.cores.value).toBe(2);
  expect(shown()).toEqual([39, 99]);
});

test("a pause stands still while samples go on to come, and then shows all", async () => {
  store.pause(true);
  peers[0]?.say(JSON.stringify({ epoch: "a", offset: 101, data: { time: BEGIN + 100 } }));
  await vi.waitFor(() => expect(store.collected.value.samples).toBe(101));
  expect(store.status.value.state).toBe("paused");
  expect(shown()).toEqual([39, 99]);
  expect(store.frame.value.rows).toHaveLength(100);
  store.pause(false);
  expect(shown()).toEqual([40, 100]);
  expect(store.frame.value.rows).toHaveLength(101);
});

test("a zoom shows a part, and its reset the range again", async () => {
  store.zoomTo(BEGIN + 50, BEGIN + 70);
  expect(shown()).toEqual([50, 70]);
  expect(store.zoomed.value).toBe(true);
  await come("a", 102, 103, BEGIN + 101);
  expect(shown()).toEqual([50, 70]); // it stays
  store.resetZoom();
  expect(shown()).toEqual([42, 102]);
  store.showLast(300);
  expect(shown()).toEqual([-198, 102]);
  expect(store.zoomed.value).toBe(false);
});

test("the cursor stands at samples, and the view goes along", () => {
  store.showLast(60);
  expect(store.pointed.value?.time).toBe(BEGIN + 102);
  store.point(BEGIN + 80.3);
  expect(store.cursor.value).toBe(BEGIN + 80);
  store.step(-10);
  expect(store.pointed.value?.time).toBe(BEGIN + 70);
  store.step(-50);
  expect(store.cursor.value).toBe(BEGIN + 20);
  expect(shown()).toEqual([20, 80]);
  store.step(Infinity);
  expect(shown()).toEqual([42, 102]);
  expect(store.zoomed.value).toBe(false);
  store.point(null);
  store.step(-1);
  expect(store.cursor.value).toBe(BEGIN + 101);
  store.point(null);
});

test("a lost connection goes on after the last sample, without a gap", async () => {
  peers[0]?.close(1011);
  await vi.waitFor(() => expect(store.status.value.state).toBe("lost"));
  await vi.waitFor(() => expect(peers).toHaveLength(2), 3000);
  expect(peers[1]?.path).toBe("/below/ws/telemetry?since=a-103");
  await come("a", 104, 120, BEGIN + 103);
  expect(store.collected.value).toEqual({ samples: 120, gaps: 0 });
});

test("what a server missed that started anew is a gap", async () => {
  peers[1]?.say(JSON.stringify({ holdfast: "gap", channel: "telemetry", missed: null }));
  await come("b", 1, 3, BEGIN + 130);
  expect(store.collected.value).toEqual({ samples: 123, gaps: 1 });
});
