// What a client asks of a server under test; the same as in bench/servers/order.py and lag.py.
"use strict";

const fs = require("node:fs");

const JOINED = "joined";

function parse(text) {
  const [word, ...numbers] = text.split(":");
  const [messages, size, perTurn = 1, pace = 0, watch = 0, channels = 0] = numbers.map(Number);
  return word === "go" ? { messages, size, perTurn, pace, watch, channels } : null;
}

function joinedChannels(text) {
  const [word, ...numbers] = text.split(":");
  if (word !== "join") return [];
  const [start, count, every] = numbers.map(Number);
  return Array.from({ length: count }, (_, at) => `c${(start + at) % every}`);
}

function payload(size) {
  return String(process.hrtime.bigint()).padStart(20, "0").padEnd(size, "x").slice(0, size);
}

// Wakes up every millisecond and notes by how much it was late, until the client has seen enough.
function noteLag() {
  const file = fs.openSync(process.env.BENCH_LAG, "r+");
  const values = new Float64Array(2);
  const again = (due) => {
    fs.readSync(file, values, 0, 16, 0);
    if (!values[1]) return fs.closeSync(file);
    values[0] = Math.max(values[0], performance.now() - due);
    fs.writeSync(file, values, 0, 8, 0);
    const next = performance.now() + 1;
    setTimeout(() => again(next), 1);
  };
  again(performance.now());
}

async function carryOut(order, publish) {
  if (order.watch) noteLag();
  let due = performance.now();
  for (let number = 0; number < order.messages; number++) {
    const channel = order.channels ? `c${number % order.channels}` : null;
    publish(channel, payload(order.size));
    if (order.perTurn && (number + 1) % order.perTurn === 0) {
      due += order.pace;
      await new Promise((go) => (order.pace ? setTimeout(go, due - performance.now()) : setImmediate(go)));
    }
  }
}

module.exports = { JOINED, parse, joinedChannels, carryOut };
