import * as z from 'zod';
import { DeliveryError, type Receiver } from '../src/receivers/receiver.ts';
import { integration, type IntegrationTable } from '../src/receivers/table.ts';

const secretReference = z.union(
  [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
  { error: 'a secret is named, not written down: {env: NAME} or {file: PATH}' },
);

/** Integrations that send nothing: enough for what is told of the configuration. */
export const someIntegrations: IntegrationTable = {
  slack: integration(z.strictObject({ token: secretReference, channel: z.string() }), async (name, settings, tools) =>
    receiver(name, 'slack', async () => {
      const token = await tools.secret(settings.token);
      return token === 'revoked' ? ['the token was revoked.'] : [];
    }),
  ),
  pagerduty: integration(z.strictObject({ routing_key: secretReference }), (name) => receiver(name, 'pagerduty')),
  datadog: integration(z.strictObject({ site: z.enum(['datadoghq.com', 'datadoghq.eu']) }), (name) =>
    receiver(name, 'datadog', async () => {
      throw new DeliveryError('retry', 'Datadog cannot be reached (ECONNREFUSED).');
    }),
  ),
};

function receiver(name: string, kind: Receiver['integration'], check?: Receiver['check']): Receiver {
  return {
    name,
    integration: kind,
    abilities: { edits: true, resolves: true, endsSilently: false, samples: true, maxMessages: null },
    send: async () => ({}),
    ...(check === undefined ? {} : { check }),
  };
}
