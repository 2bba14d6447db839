import type { Server } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { address, LiveSocket } from "./socket";
import { acceptSockets, type Peer, serve } from "./testing/server";

let server: Server;
let peers: Peer[];
let socket: LiveSocket | undefined;
let received: unknown[];

beforeEach(async () => {
  server = await serve();
  peers = [];
  received = [];
  acceptSockets(server, (peer) => peers.push(peer));
});

afterEach(() => {
  socket?.close();
  server.closeAllConnections();
  server.close();
});

function open(path: string | (() => string) = "ws/one", options = {}): LiveSocket {
  const onMessage = (data: unknown) => received.push(data);
  socket = new LiveSocket(path, { onMessage, ...options });
  return socket;
}

/** The so-many-eth connection, counted from 1. */
async function peer(number: number): Promise<Peer> {
  await vi.waitFor(() => expect(peers).toHaveLength(number), 5000);
  return peers[number - 1] as Peer;
}

test("a path is one below the page, whatever that is mounted on", () => {
  expect(address("ws/one")).toBe(`ws://${location.host}/below/ws/one`);
});

test("messages are parsed; text is handed on as it is where that is asked for", async () => {
  open();
  (await peer(1)).say('{"a": 1}');
  await vi.waitFor(() => expect(received).toEqual([{ a: 1 }]));
  socket?.close();
  open("ws/two", { parse: false });
  (await peer(2)).say("so");
  await vi.waitFor(() => expect(received).toEqual([{ a: 1 }, "so"]));
});

test("it comes back, and asks for its path each time", async () => {
  let offset = 0;
  const live = open(() => `ws/one?since=${offset++}`);
  expect((await peer(1)).path).toBe("/below/ws/one?since=0");
  peers[0]?.close(1012);
  await vi.waitFor(() => expect(live.state.value).toBe("waiting"));
  expect(live.retryAt.value).toBeGreaterThan(Date.now());
  expect((await peer(2)).path).toBe("/below/ws/one?since=1");
  await vi.waitFor(() => expect(live.state.value).toBe("open"));
});

test("it does not wait longer than it must when the network is back", async () => {
  const live = open();
  (await peer(1)).close(1012);
  await vi.waitFor(() => expect(live.state.value).toBe("waiting"));
  dispatchEvent(new Event("online"));
  expect(live.state.value).toBe("connecting");
});

test("a server that says not to come back is heard", async () => {
  const live = open();
  (await peer(1)).close(3500);
  await vi.waitFor(() => expect(live.state.value).toBe("refused"));
  live.reopen();
  await peer(2);
});

test("silence is given up", async () => {
  const live = open("ws/one", { silence: 50 });
  await peer(1);
  await vi.waitFor(() => expect(live.state.value).toBe("waiting"));
  await peer(2);
});

test("each failure waits longer, up to a limit, until something was received", async () => {
  server.removeAllListeners("upgrade");
  server.on("upgrade", (_, stream) => stream.destroy());
  const live = open();
  for (const longest of [500, 1000, 2000, 4000, 8000, 15_000, 15_000]) {
    await vi.waitFor(() => expect(live.state.value).toBe("waiting"));
    const wait = live.retryAt.value - Date.now();
    expect(wait).toBeGreaterThan(longest / 2 - 200);
    expect(wait).toBeLessThanOrEqual(longest);
    dispatchEvent(new Event("online"));
  }
});

test("closed is for good", async () => {
  const live = open();
  await peer(1);
  await vi.waitFor(() => expect(live.send("x")).toBe(true));
  live.close();
  expect(live.state.value).toBe("closed");
  expect(live.send("x")).toBe(false);
  dispatchEvent(new Event("online"));
  expect(live.state.value).toBe("closed");
});
