import { expect, test } from "vitest";
import { notifyCommand, watchCommand } from "./commands";
import type { AnswerState, Summary } from "./protocol";
import { answerWords, membersWords, number } from "./words";

const summary = (state: AnswerState): Summary => ({
  id: "a",
  prompt: "p",
  state,
  viewers: 1,
  length: 0,
});

test("numbers have a singular", () => {
  expect(number(1, "page")).toBe("1 page");
  expect(number(2, "page")).toBe("2 pages");
  const members = [
    { user: "ada", connections: 2 },
    { user: "bob", connections: 1 },
  ];
  expect(membersWords(members)).toBe("2 people, 3 connections");
  expect(membersWords(members.slice(1))).toBe("1 person, 1 connection");
});

test("an answer's state is that of its connection while it lacks words", () => {
  expect(answerWords(summary("writing"), "open")).toBe("writing");
  expect(answerWords(summary("writing"), "waiting")).toBe("reconnecting");
  expect(answerWords(summary("waiting"), "open")).toBe("starting");
  expect(answerWords(summary("done"), "closed")).toBe("complete");
  expect(answerWords(undefined, "closed")).toBe("no longer kept by the server");
});

test("a command survives the shell", () => {
  expect(notifyCommand("ada b", 'It\'s "so" $HOME')).toMatch(
    /notify\/ada%20b --json '\{"text":"It'\\''s \\"so\\" \$HOME"\}'$/,
  );
  expect(watchCommand("x-1")).toMatch(/^curl -N -H 'Accept: text\/event-stream' http.*\/x-1$/);
});
