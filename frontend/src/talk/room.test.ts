import type { Server } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { acceptSockets, type Peer, serve } from "../lib/testing/server";
import { Room } from "./room";

let server: Server;
let peers: Peer[];
let room: Room;

beforeEach(async () => {
  sessionStorage.clear();
  server = await serve();
  peers = [];
  acceptSockets(server, (peer) => peers.push(peer));
  room = new Room();
  room.rename("ada");
  room.enter();
});

afterEach(() => {
  room.leave();
  server.closeAllConnections();
  server.close();
});

/** The so-many-eth connection, counted from 1, once the page has it too. */
async function peer(number: number): Promise<Peer> {
  await vi.waitFor(() => {
    expect(peers).toHaveLength(number);
    expect(room.link.value).toBe("open");
  }, 5000);
  return peers[number - 1] as Peer;
}

function say(peer: Peer, offset: number, data: object): void {
  peer.say(JSON.stringify({ channel: "c", offset, epoch: "e", data }));
}

const said = (name: string, text: string) => ({ kind: "said", name, text, time: 0 });
const texts = () => room.log.value.lines.map((line) => line.kind === "said" && line.said.text);

test("a page that comes back says what it has seen, and shows nothing twice", async () => {
  const first = await peer(1);
  expect(first.path).toBe("/below/ws/chat/ada?since=");
  say(first, 1, said("bob", "one"));
  await vi.waitFor(() => expect(texts()).toEqual(["one"]));
  first.close(1012);
  const second = await peer(2);
  expect(second.path).toBe("/below/ws/chat/ada?since=e-1");
  say(second, 1, said("bob", "one"));
  say(second, 2, said("bob", "two"));
  await vi.waitFor(() => expect(texts()).toEqual(["one", "two"]));
});

test("who leaves this part of the page goes on where they were", async () => {
  say(await peer(1), 1, said("bob", "one"));
  await vi.waitFor(() => expect(texts()).toEqual(["one"]));
  room.leave();
  expect(room.link.value).toBe("closed");
  room.enter();
  expect((await peer(2)).path).toBe("/below/ws/chat/ada?since=e-1");
});

test("another name is another connection, and survives a reload", async () => {
  await peer(1);
  room.rename("bob");
  expect((await peer(2)).path).toBe("/below/ws/chat/bob?since=");
  expect(new Room().name.value).toBe("bob");
});

test("what a dead connection took along is told, and can be said again", async () => {
  const first = await peer(1);
  expect(room.say("  hello  ")).toBe(true);
  expect(room.say(" ")).toBe(false);
  say(first, 1, { kind: "here", members: [] });
  first.close(1012);
  const second = await peer(2);
  expect(room.outbox.value).toMatchObject([{ text: "hello", lost: false }]);
  say(second, 2, { kind: "here", members: [] });
  await vi.waitFor(() => expect(room.outbox.value).toMatchObject([{ lost: true }]));
  for (const lost of room.outbox.value) room.sayAgain(lost);
  expect(room.outbox.value).toMatchObject([{ text: "hello", lost: false }]);
  say(second, 1, said("ada", "hello"));
  await vi.waitFor(() => expect(room.outbox.value).toEqual([]));
});

test("nothing is said where there is no connection", () => {
  room.leave();
  expect(room.say("hello")).toBe(false);
  expect(room.outbox.value).toEqual([]);
});

test("notices are kept until they are dismissed; what is unknown is passed by", async () => {
  const first = await peer(1);
  first.say('{"holdfast": "gap", "channel": "c", "missed": 1}');
  say(first, 1, { kind: "stall" });
  say(first, 1, { kind: "notice", text: "one" });
  say(first, 2, { kind: "notice", text: "two" });
  await vi.waitFor(() => expect(room.notices.value).toHaveLength(2));
  for (const notice of room.notices.value.slice(0, 1)) room.dismiss(notice);
  expect(room.notices.value).toMatchObject([{ text: "two" }]);
});
