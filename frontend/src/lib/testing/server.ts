// A real server for the tests, at whose address the page seems to be.

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

/** Listen, and let the page be at this server, below a folder. */
export async function serve(answer: RequestListener = () => {}): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  (window as unknown as Window).happyDOM.setURL(`http://127.0.0.1:${port}/below/`);
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
