import type { IncomingMessage, Server } from "node:http";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { acceptSockets, type Peer, serve } from "../lib/testing/server";
import { Desk } from "./desk";
import type { AnswerState, Summary } from "./protocol";

let server: Server;
let peers: Peer[];
let asked: IncomingMessage[];
let answers = signal<readonly Summary[] | null>(null);
let desk: Desk;

beforeEach(async () => {
  sessionStorage.clear();
  peers = [];
  asked = [];
  server = await serve((request, response) => {
    asked.push(request);
    response.end('{"id": "b"}');
  });
  acceptSockets(server, (peer) => peers.push(peer));
  answers = signal(null);
  desk = new Desk(answers);
  desk.show(true);
});

afterEach(() => {
  desk.show(false);
  server.closeAllConnections();
  server.close();
});

function tell(id: string, state: AnswerState, length = 0): void {
  answers.value = [{ id, prompt: "p", state, viewers: 1, length }];
}

async function peer(number: number): Promise<Peer> {
  await vi.waitFor(() => {
    expect(peers).toHaveLength(number);
    expect(desk.link.value).toBe("open");
  }, 5000);
  return peers[number - 1] as Peer;
}

async function shows(text: string): Promise<void> {
  await vi.waitFor(() => expect(desk.text.value).toBe(text));
}

test("an answer that was asked for is watched once the list has it", async () => {
  await desk.ask("why?");
  expect(asked[0]?.url).toBe("/below/answers");
  expect(desk.link.value).toBe("closed");
  tell("b", "waiting");
  const first = await peer(1);
  expect(first.path).toBe("/below/ws/answers/b");
  first.say("one ");
  first.say("two ");
  await shows("one two ");
});

test("each connection's first words take the place of the text", async () => {
  desk.choose("a");
  tell("a", "writing");
  const first = await peer(1);
  first.say("one ");
  first.say("two ");
  await shows("one two ");
  first.close(1012);
  const second = await peer(2);
  second.say("one two three ");
  second.say("four ");
  await shows("one two three four ");
});

test("a complete answer is not asked for again", async () => {
  desk.choose("a");
  tell("a", "writing");
  const first = await peer(1);
  first.say("good ");
  tell("a", "done", 6); // known before the last of its text has come
  await shows("good ");
  expect(desk.link.value).toBe("open");
  first.say("👋");
  await vi.waitFor(() => expect(desk.link.value).toBe("closed"));
  first.close(1000);
  expect(desk.text.value).toBe("good 👋");
});

test("the end of an answer that is not complete is the end of a connection only", async () => {
  desk.choose("a");
  tell("a", "writing");
  (await peer(1)).close(1000);
  const second = await peer(2);
  second.say("all");
  tell("a", "done", 3);
  await vi.waitFor(() => expect(desk.link.value).toBe("closed"));
  expect(desk.text.value).toBe("all");
});

test("silence while words are due is a dead connection; while stopped it is not", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    desk.choose("a");
    tell("a", "writing");
    await peer(1);
    tell("a", "stopped");
    vi.advanceTimersByTime(60_000);
    expect(desk.link.value).toBe("open");
    tell("a", "writing");
    vi.advanceTimersByTime(3999);
    expect(desk.link.value).toBe("open");
    vi.advanceTimersByTime(1);
    expect(desk.link.value).toBe("connecting");
  } finally {
    vi.useRealTimers();
  }
});

test("what the server no longer keeps stays to be read, and is not asked for", async () => {
  desk.choose("a");
  tell("a", "stopped");
  (await peer(1)).say("so far");
  await shows("so far");
  tell("other", "done");
  expect(desk.link.value).toBe("closed");
  expect(desk.summary.value).toBeUndefined();
  expect(desk.text.value).toBe("so far");
});

test("another choice, or a look at another part of the page, ends the connection", async () => {
  desk.choose("a");
  tell("a", "writing");
  (await peer(1)).say("first");
  await shows("first");
  desk.choose("b");
  tell("b", "writing");
  const second = await peer(2);
  expect(second.path).toBe("/below/ws/answers/b");
  desk.show(false);
  expect(desk.link.value).toBe("closed");
  expect(new Desk(answers).chosen.value).toBe("b"); // as after a reload
});

test("stop and resume are requests", async () => {
  desk.choose("a");
  await desk.turn("stop");
  await desk.turn("resume");
  expect(asked.map(({ url }) => url)).toEqual(["/below/answers/a/stop", "/below/answers/a/resume"]);
});
