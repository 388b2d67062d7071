import { createEmulator, type Emulator } from 'emulate';
import * as z from 'zod';
import type { Asked, Told } from '../contracts/far-side.ts';

/** `emulate`'s Slack: somebody else's idea of it. It does not know the limits of blocks; block-kit.ts does. */

export const CHANNEL = 'C000000001';
export const WEBHOOK_PATH = '/services/T000000001/B000000001/X000000001';

export interface EmulatedSlack {
  readonly url: string;
  /** For a server in front of it, which can fail. */
  forward(asked: Asked): Promise<Told>;
  reset(): void;
  /** What stands in the channel, oldest first; with `thread`, what stands in that thread. */
  messages(thread?: string): Promise<readonly Message[]>;
  stop(): Promise<void>;
}

const message = z.object({
  ts: z.string(),
  text: z.string(),
  blocks: z.array(z.unknown()).default([]),
  thread_ts: z.string().optional(),
  reply_broadcast: z.boolean().optional(),
  edited: z.unknown().optional(),
  metadata: z.unknown().optional(),
});
export type Message = z.infer<typeof message>;

export async function emulatedSlack(token: string, scopes?: readonly string[]): Promise<EmulatedSlack> {
  const emulator: Emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: {
        // Without this, every token may do everything.
        strict_scopes: scopes !== undefined,
        tokens: [
          { token, ...(scopes === undefined ? {} : { scopes }) },
          { token: 'reader', scopes: ['channels:history'] },
        ],
      },
    },
  });
  const { url } = emulator;
  return {
    url,
    forward: async ({ method, path, headers, body }) => {
      const { authorization = '', 'content-type': contentType = '' } = headers;
      const answer = await fetch(url + path, { method, body, headers: { authorization, 'content-type': contentType } });
      return {
        status: answer.status,
        headers: { 'content-type': answer.headers.get('content-type') ?? '' },
        body: await answer.text(),
      };
    },
    reset: () => emulator.reset(),
    messages: async (thread) => {
      const answer = await fetch(`${url}/api/conversations.${thread === undefined ? 'history' : 'replies'}`, {
        method: 'POST',
        headers: { authorization: 'Bearer reader', 'content-type': 'application/json' },
        body: JSON.stringify({ channel: CHANNEL, ts: thread, limit: 1000 }),
      });
      const { messages } = z.object({ messages: z.array(message) }).parse(await answer.json());
      return messages.toSorted((a, b) => a.ts.localeCompare(b.ts));
    },
    stop: () => emulator.close(),
  };
}
