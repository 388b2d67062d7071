import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';

/** A vendor's server on loopback: it acts as it was told to, fails when it is told to, and remembers what it was asked. */

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Told {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What goes wrong with a request; a plain answer is what the vendor says in the place of acting. */
export type Fault =
  | Told
  /** The connection breaks before the vendor has read the request. */
  | 'reset before'
  /** The vendor acts, and the connection breaks before it answers. */
  | 'reset after'
  /** The vendor acts and never answers. */
  | 'silence';

export class FarSide {
  /** Whatever came, whether it was acted on or not. */
  readonly asked: Asked[] = [];
  /** Called whenever the vendor has been asked something that it will not answer. */
  onSilence: () => void = () => undefined;
  readonly #faults: (Fault | null)[] = [];
  readonly #server: Server;
  readonly #act: (asked: Asked) => Told | Promise<Told>;

  private constructor(act: (asked: Asked) => Told | Promise<Told>) {
    this.#act = act;
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  static async start(act: (asked: Asked) => Told | Promise<Told>): Promise<FarSide> {
    const farSide = new FarSide(act);
    farSide.#server.listen(0, '127.0.0.1');
    await once(farSide.#server, 'listening');
    return farSide;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
    return `http://127.0.0.1:${address.port}`;
  }

  /** For the requests to come, one each; null lets one through. */
  failNext(...faults: readonly (Fault | null)[]): void {
    this.#faults.push(...faults);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.#faults.shift() ?? null;
    if (fault === 'reset before') {
      request.socket.destroy();
      return;
    }
    const asked = await read(request);
    this.asked.push(asked);
    const isRefused = fault !== null && typeof fault === 'object';
    const told = isRefused ? fault : await this.#act(asked);
    if (fault === 'reset after') request.socket.destroy();
    else if (fault === 'silence') this.onSilence();
    else response.writeHead(told.status, { 'content-type': 'application/json', ...told.headers }).end(told.body ?? '');
  }
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: string[] = [];
  request.setEncoding('utf8');
  for await (const chunk of request) chunks.push(String(chunk));
  const headers = Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')] as const);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(headers),
    body: chunks.join(''),
  };
}
