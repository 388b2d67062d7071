import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as a vendor's server saw it: what the tests judge by. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a server treats a request that it has read to its end. */
export type Answering = (received: Received, response: ServerResponse) => void | Promise<void>;

export interface Loopback {
  readonly url: string;
  /** All requests, oldest first. */
  readonly log: readonly Received[];
  /** From now on. */
  answer(how: Answering): void;
  close(): Promise<void>;
}

/** A server of our own on this machine, for faults and for listening in. */
export async function startLoopback(answering: Answering, onConnection?: (socket: Socket) => void): Promise<Loopback> {
  const log: Received[] = [];
  let answer = answering;
  const server = createServer((request, response) => {
    void readWhole(request).then((received) => {
      log.push(received);
      return answer(received, response);
    });
  });
  if (onConnection !== undefined) server.on('connection', onConnection);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    log,
    answer: (how) => {
      answer = how;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  return (address satisfies AddressInfo).port;
}

async function readWhole(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** Answers with a status, and with JSON unless the body is text already. */
export function respond(status: number, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Answering {
  return (_, response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  };
}

/** An address where nothing listens. */
export async function closedUrl(): Promise<string> {
  const server = await startLoopback(respond(200));
  await server.close();
  return server.url;
}

export interface Fault {
  readonly name: string;
  /** Whether the request is in the log of the server afterwards. */
  readonly arrives: boolean;
  /** Starts a server that fails in this way; `stop` is called where the caller should lose patience. */
  start(stop: () => void): Promise<Loopback>;
}

/** Ways in which a connection fails, whatever the vendor. */
export const NETWORK_FAULTS: readonly Fault[] = [
  {
    name: 'resets the connection before it reads anything',
    arrives: false,
    start: () =>
      startLoopback(respond(202), (socket) => {
        socket.resetAndDestroy();
      }),
  },
  {
    name: 'resets the connection after it has read the request',
    arrives: true,
    start: () =>
      startLoopback((_, response) => {
        response.socket?.resetAndDestroy();
      }),
  },
  {
    name: 'closes the connection without an answer',
    arrives: true,
    start: () =>
      startLoopback((_, response) => {
        response.socket?.destroy();
      }),
  },
  {
    name: 'stops in the middle of its answer',
    arrives: true,
    start: () =>
      startLoopback((_, response) => {
        response.writeHead(202, { 'content-length': '100' });
        response.write('{"status":', () => response.socket?.resetAndDestroy());
      }),
  },
  {
    name: 'does not answer until there is no time left',
    arrives: true,
    start: (stop) => startLoopback(() => stop()),
  },
  {
    name: 'answers, but not in HTTP',
    arrives: true,
    start: () =>
      startLoopback((_, response) => {
        response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n');
      }),
  },
];
