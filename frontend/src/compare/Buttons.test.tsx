import type { Server } from "node:http";
import { render } from "preact";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { serve } from "../lib/testing/server";
import { Buttons } from "./Buttons";

let server: Server;
let asked: string[] = [];
let page: HTMLElement;

/** Adds viewers once, and then has no room. */
beforeAll(async () => {
  server = await serve((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.statusCode = asked.length === 1 ? 204 : 409;
    response.end(response.statusCode === 204 ? "" : '{"detail": "reset first"}');
  });
});

afterAll(() => {
  server.close();
});

beforeEach(() => {
  asked = [];
  page = document.createElement("div");
  render(<Buttons />, page);
});

function press(label: string): void {
  const buttons = [...page.querySelectorAll("button")];
  buttons.find((one) => one.textContent === label)?.click();
}

const problem = () => page.querySelector("[role=alert]")?.textContent;

test("a button asks the server, and what it refuses is said", async () => {
  press("Add 100 viewers");
  await vi.waitFor(() => expect(asked).toEqual(["POST /below/compare/add"]));
  await vi.waitFor(() => expect(page.querySelector("[aria-disabled=true]")).toBeNull());
  expect(problem()).toBe("");
  press("Stall one viewer");
  await vi.waitFor(() => expect(problem()).toBe("That did not work: reset first."));
  expect(asked[1]).toBe("POST /below/compare/stall");
});

test("while one is under way the others wait", async () => {
  press("Add 100 viewers");
  press("Start again");
  await vi.waitFor(() => {
    press("Stall one viewer");
    expect(asked.length).toBeGreaterThan(1);
  });
  expect(asked.slice(0, 2)).toEqual(["POST /below/compare/add", "POST /below/compare/stall"]);
});
