import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';

/** A request that was read to its end. */
export interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  /** JSON. */
  readonly body: unknown;
}

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server that only this machine can reach. */
export async function startServer(answer: (request: Request) => Answer | Promise<Answer>): Promise<RunningServer> {
  const server = createServer((incoming, response) => {
    readWhole(incoming)
      .then(answer)
      .then(
        ({ status, body }) =>
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readWhole(incoming: IncomingMessage): Promise<Request> {
  const chunks: string[] = [];
  incoming.setEncoding('utf8');
  for await (const chunk of incoming) chunks.push(String(chunk));
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(', ')] as const);
  return { path: incoming.url ?? '', headers: Object.fromEntries(headers), body: chunks.join('') };
}
