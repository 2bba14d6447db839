// Socket.IO: node socketio.js PORT
"use strict";

const http = require("node:http");
const { Server } = require("socket.io");
const { JOINED, parse, joinedChannels, carryOut } = require("./order.js");

const server = http.createServer();
const io = new Server(server, { transports: ["websocket"], perMessageDeflate: false });

function publish(channel, text) {
  (channel ? io.to(channel) : io).emit("message", text);
}

function obey(text) {
  const order = parse(text);
  if (order) carryOut(order, publish);
}

io.on("connection", (socket) => {
  socket.on("everyone", obey);
  socket.on("channels", (text) => {
    const names = joinedChannels(text);
    if (!names.length) return obey(text);
    socket.join(names);
    socket.emit("message", JOINED);
  });
  socket.on("echo", (text) => socket.emit("message", text));
});

server.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
