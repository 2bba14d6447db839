// @vitest-environment node

import type { Server } from "node:http";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { getJson, postJson } from "./http";
import { pageOn, serve } from "./testing/server";

let server: Server;

/** Says what it was sent, or what the query names as wrong. */
beforeAll(async () => {
  server = await serve((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://host");
      const wrong = searchParams.get("wrong");
      if (pathname === "/below/broken") {
        response.writeHead(200, { "content-length": 100 });
        response.write('{"half', () => response.destroy());
        return;
      }
      if (pathname === "/below/nothing") {
        response.writeHead(204).end();
        return;
      }
      response.statusCode = wrong === null ? 200 : 422;
      response.end(wrong ?? JSON.stringify({ method: request.method, pathname, body }));
    });
  });
  vi.stubGlobal("document", { baseURI: pageOn(server) });
});

afterAll(() => server.close());

test("what is posted arrives as JSON, and the answer is a value", async () => {
  const data = { method: "POST", pathname: "/below/stall", body: '{"clients":5}' };
  expect(await postJson("stall", { clients: 5 })).toEqual({ ok: true, status: 200, data });
  expect(await getJson("stall")).toMatchObject({ ok: true, data: { method: "GET" } });
});

test.each([
  ['{"detail": "bob is not here"}', "bob is not here"],
  ['{"detail": [{"msg": "too long"}, {"msg": "too late"}]}', "too long; too late"],
  ["no JSON at all", "the server answered 422"],
])("an error %s is told as %s", async (body, detail) => {
  const answer = await postJson(`?wrong=${encodeURIComponent(body)}`);
  expect(answer).toEqual({ ok: false, status: 422, detail });
});

test("an answer without a body is one, and half an answer is none", async () => {
  expect(await postJson("nothing")).toEqual({ ok: true, status: 204, data: null });
  const detail = "the server cannot be reached";
  expect(await getJson("broken")).toEqual({ ok: false, status: 0, detail });
});

test("a server that is not there is told, too", async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  const answer = await getJson("");
  expect(answer).toEqual({ ok: false, status: 0, detail: "the server cannot be reached" });
});
