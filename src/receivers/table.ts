import type * as z from 'zod';
import { datadogConfig, openDatadog } from './datadog.ts';
import { openPagerduty, pagerdutyConfig } from './pagerduty.ts';
import type { Receiver } from './receiver.ts';
import type { ReceiverTools } from './settings.ts';
import { openSlackWebhook, slackWebhookConfig } from './slack-webhook.ts';
import { openSlack, slackConfig } from './slack.ts';
import { openWebhook, webhookConfig } from './webhook.ts';

/** Makes the receiver of this name, with the settings that were read; sends nothing. */
export type OpenReceiver = (name: string, tools: ReceiverTools) => Promise<Receiver>;

/** One line of the table: the schema of what stands below the integration's name in dq-report.yml, and what it becomes. */
export function integration<Schema extends z.ZodType>(
  schema: Schema,
  open: (name: string, settings: z.output<Schema>, tools: ReceiverTools) => Receiver | Promise<Receiver>,
): z.ZodType<OpenReceiver> {
  return schema.transform(
    (settings): OpenReceiver =>
      async (name, tools) =>
        open(name, settings, tools),
  );
}

/** By the word of the configuration. */
export type IntegrationTable = Readonly<Record<string, z.ZodType<OpenReceiver>>>;

export const integrations: IntegrationTable = {
  slack: integration(slackConfig, openSlack),
  slack_webhook: integration(slackWebhookConfig, openSlackWebhook),
  pagerduty: integration(pagerdutyConfig, openPagerduty),
  datadog: integration(datadogConfig, openDatadog),
  webhook: integration(webhookConfig, openWebhook),
};
