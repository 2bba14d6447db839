// A real server for the tests.

import { createHash } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Window } from "happy-dom";

/** The other end of a WebSocket. Frames of up to 125 bytes. */
export class Peer {
  constructor(
    readonly path: string,
    private readonly stream: Duplex,
  ) {}

  say(text: string): void {
    this.frame(1, Buffer.from(text));
  }

  close(code: number): void {
    this.frame(8, Buffer.from([code >> 8, code & 255]));
    this.stream.end();
  }

  private frame(opcode: number, payload: Buffer): void {
    this.stream.write(Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]));
  }
}

/** The address of a page on that server, below a folder. */
export function pageOn(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/below/`;
}

/** Listen on any port, and let the test's window, where it has one, show that page. */
export async function serve(answer: RequestListener = () => {}): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  if (typeof window !== "undefined") {
    (window as unknown as Window).happyDOM.setURL(pageOn(server));
  }
  return server;
}

/** Finish the handshake of every WebSocket (RFC 6455 section 4.2.2). */
export function acceptSockets(server: Server, connected: (peer: Peer) => void): void {
  server.on("upgrade", (request, stream) => {
    const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash("sha1").update(key).digest("base64");
    stream.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    stream.on("error", () => {});
    connected(new Peer(request.url ?? "", stream));
  });
}
