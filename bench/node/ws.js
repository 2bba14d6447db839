// ws, with the loop over all clients that its documentation shows: node ws.js PORT
"use strict";

const { WebSocketServer, WebSocket } = require("ws");
const { parse, carryOut } = require("./order.js");

const server = new WebSocketServer({
  port: Number(process.argv[2]),
  host: "127.0.0.1",
  backlog: 4096,
  perMessageDeflate: false,
});

function publish(_, text) {
  for (const client of server.clients) {
    if (client.readyState === WebSocket.OPEN) client.send(text);
  }
}

server.on("connection", (socket, request) => {
  const echo = request.url === "/echo";
  socket.on("error", () => {});
  socket.on("message", (data) => {
    const text = data.toString();
    if (echo) return socket.send(text);
    const order = parse(text);
    if (order) carryOut(order, publish);
  });
});
