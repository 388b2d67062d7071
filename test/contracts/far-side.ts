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

/** What a vendor does, and says then. */
export type Act = (asked: Asked) => Told | Promise<Told>;

/** Says the same to all: JSON, unless the body is text already. */
export function answering(status: number, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Act {
  return () => ({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
}

/** An address where nobody listens. */
export async function closedUrl(): Promise<string> {
  const farSide = await FarSide.start(answering(200));
  await farSide.stop();
  return farSide.url;
}

/** What goes wrong with a request; a plain answer is what the vendor says in the place of acting. */
export type Fault =
  | Told
  /** The vendor acts, and then says this. */
  | { readonly acted: Told }
  /** The connection breaks before the vendor has read the request. */
  | 'reset before'
  /** The vendor acts, and the connection breaks before it answers. */
  | 'reset after'
  /** The vendor acts, and hangs up. */
  | 'no answer'
  /** The vendor acts, and the connection breaks in the middle of its answer. */
  | 'half an answer'
  /** The vendor acts, and answers something that is not HTTP. */
  | 'no HTTP'
  /** The vendor acts and never answers. */
  | 'silence'
  /** The vendor acts, answers 400, and does not come to an end. */
  | 'no end';

export class FarSide {
  /** Whatever came, whether it was acted on or not. */
  readonly asked: Asked[] = [];
  /** What the vendor has acted on, whether anybody learned of it or not. */
  readonly acted: Asked[] = [];
  /** How many of them were answered as the vendor would. */
  answered = 0;
  /** Called whenever the vendor has been asked something that it will not answer. */
  onSilence: () => void = () => undefined;
  readonly #faults: (Fault | null)[] = [];
  #lasting: Fault | null = null;
  readonly #server: Server;
  readonly #act: Act;
  #url = '';

  private constructor(act: Act) {
    this.#act = act;
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  static async start(act: Act): Promise<FarSide> {
    const farSide = new FarSide(act);
    farSide.#server.listen(0, '127.0.0.1');
    await once(farSide.#server, 'listening');
    const address = farSide.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
    farSide.#url = `http://127.0.0.1:${address.port}`;
    return farSide;
  }

  /** Also after it has stopped. */
  get url(): string {
    return this.#url;
  }

  /** For the requests to come, one each; null lets one through. */
  failNext(...faults: readonly (Fault | null)[]): void {
    this.#faults.push(...faults);
  }

  /** For all requests to come, until it is called again; null makes it well. */
  failAll(fault: Fault | null): void {
    this.#lasting = fault;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.#faults.shift() ?? this.#lasting;
    if (fault === 'reset before') {
      request.socket.resetAndDestroy();
      return;
    }
    const asked = await read(request);
    this.asked.push(asked);
    const isRefused = fault !== null && typeof fault === 'object' && 'status' in fault;
    if (!isRefused) this.acted.push(asked);
    const told = isRefused ? fault : await this.#act(asked);
    switch (fault) {
      case 'reset after':
        request.socket.resetAndDestroy();
        return;
      case 'no answer':
        request.socket.destroy();
        return;
      case 'half an answer':
        response.writeHead(told.status, { 'content-length': '100' });
        response.write('{"status":', () => request.socket.resetAndDestroy());
        return;
      case 'no HTTP':
        request.socket.end('SSH-2.0-OpenSSH_9.6\r\n');
        return;
      case 'silence':
        this.onSilence();
        return;
      case 'no end':
        talk(response.writeHead(400));
        return;
      case null:
        this.answered += 1;
        say(response, told);
        return;
      default:
        say(response, 'acted' in fault ? fault.acted : fault);
    }
  }
}

function say(response: ServerResponse, { status, headers, body = '' }: Told): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

function talk(response: ServerResponse): void {
  while (response.write('x'.repeat(65_536)));
  response.once('drain', () => talk(response));
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
