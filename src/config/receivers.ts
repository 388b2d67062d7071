import * as z from 'zod';
import { type IntegrationTable, integrations, type OpenReceiver } from '../receivers/table.ts';

/** `receivers` of dq-report.yml, with the integrations of a table. */
export function receiversSchema(table: IntegrationTable = integrations) {
  const kinds = Object.fromEntries(Object.entries(table).map(([word, schema]) => [word, schema.optional()]));
  return z
    .array(
      z
        .strictObject({ name: z.string().min(1).describe('By which routes name it.'), ...kinds })
        .transform(({ name, ...opened }): ReceiverSettings => ({
          name,
          integrations: new Map(
            Object.entries(opened).flatMap(([word, open]) => (isOpen(open) ? [[word, open] as const] : [])),
          ),
        })),
    )
    .describe('Who can be told. One without an integration is told nothing: a route to it silences.');
}

export interface ReceiverSettings {
  readonly name: string;
  /** By the word of the configuration; most receivers have one. */
  readonly integrations: ReadonlyMap<string, OpenReceiver>;
}

function isOpen(value: unknown): value is OpenReceiver {
  return typeof value === 'function';
}

export const limitsSchema = z.strictObject({
  seconds: z
    .int()
    .min(1)
    .optional()
    .describe('Sending takes at most this long in one run; what is left is sent by the next. Default: 60.'),
});
