import type { Selectable } from 'kysely';
import * as z from 'zod/mini';
import { VERDICTS } from '../causes/cause.ts';
import { DELIVERY_STATES, type Delivery, FAULTS } from '../deliveries/delivery.ts';
import { ERROR_CLASSES } from '../findings/error-class.ts';
import { CATEGORIES, SEVERITIES } from '../findings/finding.ts';
import { CHANGE_REASONS } from '../incidents/incident.ts';
import { type Integration, INTEGRATIONS, type Notice, type Order, type Receipt } from '../receivers/receiver.ts';
import type { ToldBy } from '../routes/decide.ts';
import { incident } from './rows.ts';
import type { Tables } from './tables.ts';

/** What waited in a database is checked before it is sent. */
const text = z.nullable(z.string());
const texts = z.array(z.string());

const owner = z.object({ name: text, email: text, slack: text, reason: z.string() });

const cause = z.object({
  message: texts,
  meaning: text,
  category: z.enum(CATEGORIES),
  raised: text,
  errorClass: z.nullable(z.enum(ERROR_CLASSES)),
  owner: z.nullable(owner),
  path: text,
  models: z.number(),
  blockedModels: z.number(),
  exposures: z.array(z.object({ name: z.string(), verdict: z.enum(VERDICTS), url: text })),
  folded: text,
  symptoms: texts,
  upstreamSuspects: texts,
  further: z.object({ exposures: z.number(), doubtful: z.number(), symptoms: z.number(), suspects: z.number() }),
  nextCommand: text,
  explainedBy: text,
  samples: texts,
});

const told = z.object({
  reason: z.enum(CHANGE_REASONS),
  at: z.string(),
  severity: z.enum(SEVERITIES),
  failures: z.nullable(z.number()),
});

const notice: z.ZodMiniType<Notice> = z.object({
  incident,
  reason: z.enum(CHANGE_REASONS),
  at: z.string(),
  project: text,
  environment: text,
  cause: z.nullable(cause),
  history: z.array(told),
  links: z.array(z.object({ title: z.string(), url: z.string() })),
});

const order: z.ZodMiniType<Order> = z.union([
  z.object({ action: z.enum(['open', 'close']), notice }),
  z.object({ action: z.literal('update'), notice, loud: z.boolean() }),
  z.object({ action: z.literal('digest'), notices: z.array(notice) }),
]);

const receipt = z.record(z.string(), z.string());
const state = z.enum(DELIVERY_STATES);
const fault = z.enum(FAULTS);
const integration = z.enum(INTEGRATIONS);
const how = z.enum(['message', 'digest']);

function orderOf(body: string): Order {
  return order.parse(JSON.parse(body));
}

export function receiptOf(body: string | null): Receipt | null {
  return body === null ? null : receipt.parse(JSON.parse(body));
}

export function integrationOf(word: string): Integration {
  return integration.parse(word);
}

export function howOf(word: string): ToldBy {
  return how.parse(word);
}

export function pastChangeOf(row: {
  readonly reason: string;
  readonly at: string;
  readonly severity: string;
  readonly failures: number | null;
}): z.infer<typeof told> {
  return told.parse(row);
}

export function deliveryOf(row: Selectable<Tables['deliveries']>): Delivery {
  return {
    id: row.id,
    project: row.project,
    environment: row.environment,
    receiver: row.receiver,
    integration: integrationOf(row.integration),
    order: orderOf(row.body),
    state: state.parse(row.state),
    mayHaveArrived: row.may_have_arrived !== 0,
    leaseUntil: row.lease_until,
    attempts: row.attempts,
    notBefore: row.not_before,
    mutedUntil: row.muted_until,
    dueAt: row.due_at,
    route: row.route === null ? null : texts.parse(JSON.parse(row.route)),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    fault: row.fault === null ? null : fault.parse(row.fault),
    reason: row.reason,
    receipt: receiptOf(row.receipt),
  };
}
