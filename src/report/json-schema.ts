import { CHANGE_REASONS, INCIDENT_STATES } from '../incidents/incident.ts';
import * as z from 'zod';
import { DELIVERY_STATES } from '../deliveries/delivery.ts';
import { INTEGRATIONS } from '../receivers/receiver.ts';
import { FOLD_REASONS, VERDICTS } from '../causes/cause.ts';
import { ERROR_CLASSES } from '../findings/error-class.ts';
import { CATEGORIES, FINDING_KINDS, SEVERITIES } from '../findings/finding.ts';

/**
 * The contract of `--format json`, from which its types and schemas/report.schema.json are made. Only types of this
 * module may be used when a report is written: zod would cost more than the writing.
 */

const uniqueId = z.string().describe("dbt's unique_id.");
const count = z.int().nonnegative();

const person = {
  name: z.string().nullable(),
  email: z.string().nullable().describe('One address, or several separated by a comma.'),
  slack: z.string().nullable().describe('A channel or handle.'),
};

const evidence = z
  .strictObject({
    unit: z.string().describe('What was counted: order, session, row.'),
    checked: count.describe('Units the test looked at.'),
    failed: count.describe('Units that failed.'),
    share: z.number().nullable().describe('failed / checked, 0 to 1; null when nothing was checked.'),
    measure: z
      .strictObject({ name: z.string(), checked: z.number().nullable(), failed: z.number().nullable() })
      .nullable()
      .describe('An amount over the units, such as revenue: of all that were checked, and what of it is affected.'),
    samples: z
      .array(z.record(z.string(), z.unknown()))
      .describe('Keys of some failing units, by column; empty unless asked for.'),
    periods: z
      .strictObject({ first: z.string(), last: z.string(), failed: count })
      .nullable()
      .describe('First and last period with failing units, and in how many periods there were any.'),
    reasons: z
      .array(z.strictObject({ reason: z.string(), failed: count.describe('Units that failed for it.') }))
      .describe('Why units failed, where the test can tell; one unit may count for several.'),
    detail: z
      .string()
      .nullable()
      .describe('About the last failing unit, in words; data of the table, such as a range.'),
  })
  .describe('What a dq_report test measured.');

const cause = z.strictObject({
  fingerprint: z.string().describe('The same finding in the same environment has the same fingerprint in every run.'),
  incident: z
    .string()
    .nullable()
    .describe('Id of its incident, for `dq-report incidents show`; null without a state store.'),
  state: z.enum(INCIDENT_STATES).nullable().describe('State of its incident; null without a state store.'),
  change: z.enum(CHANGE_REASONS).nullable().describe('What this run did to its incident; null without a state store.'),
  severity: z.enum(SEVERITIES).describe('The highest of the cause and all that is folded under it.'),
  category: z.enum(CATEGORIES),
  kind: z.enum(FINDING_KINDS).describe('What happened.'),
  error_class: z.enum(ERROR_CLASSES).nullable().describe('What kind of error it was; null for what is not an error.'),
  unique_id: uniqueId.describe('The node whose result this is: the test, or the model, source … itself.'),
  name: z.string().describe('The name of that node; `web.events` for a source.'),
  resource_type: z.string().describe("The type of that node, in dbt's spelling."),
  path: z.string().nullable().describe('The file it is defined in, relative to its project.'),
  model: z
    .string()
    .nullable()
    .describe(
      'What is wrong: a model, seed or snapshot by name, a source as `web.events`; null for hooks and for tests that read nothing.',
    ),
  column: z.string().nullable().describe('The tested column.'),
  test: z
    .string()
    .nullable()
    .describe(
      'The generic test, such as `not_null`, or the name of a singular or unit test; null for what is no test.',
    ),
  message: z.string().describe('What happened, in one or more lines.'),
  failures: z.number().nullable().describe('What the test counted: failing rows, unless its fail_calc says otherwise.'),
  evidence: evidence.nullable(),
  owner: z.strictObject({ ...person, reason: z.string().describe('Where the owner is named.') }).nullable(),
  symptoms: z
    .array(z.strictObject({ unique_id: uniqueId, kind: z.enum(FINDING_KINDS), fold_reason: z.enum(FOLD_REASONS) }))
    .describe('Findings that this cause explains.'),
  upstream_suspects: z
    .array(uniqueId)
    .describe('Nodes above it that have causes of their own, the nearest twenty: perhaps the reason, not proven.'),
  further_suspects: count.describe('How many more of them there are.'),
  downstream: z.strictObject({
    models: count.describe('Models, snapshots and seeds built from it, however far down.'),
    exposures: z.array(z.string()).describe('Names of the exposures built from it, fifty at most.'),
    further_exposures: count.describe('How many more of them there are.'),
  }),
  first_seen: z.string().nullable().describe('When it was first seen, ISO 8601; null without a state store.'),
  runs: count.nullable().describe('In how many runs it was seen; null without a state store.'),
  next_command: z
    .string()
    .nullable()
    .describe('What to run once the fault is mended; null where dbt has no such command.'),
});

const exposure = z.strictObject({
  name: z.string(),
  verdict: z
    .enum(VERDICTS)
    .describe(
      'wrong: shows data that failed a test; late: shows data of an earlier run; unknown: not everything upstream was checked; safe: all upstream ran and passed.',
    ),
  reasons: z.array(z.string()).describe('Sentences, those for the verdict first, fifty at most.'),
  further_reasons: count.describe('How many more of them there are.'),
  owner: z.strictObject(person).nullable(),
});

const ended = z.strictObject({
  incident: z.string(),
  fingerprint: z.string(),
  change: z.enum(['resolved', 'retired']).describe('resolved: its node ran and passed; retired: it left the project.'),
  unique_id: uniqueId,
  title: z.string(),
  first_seen: z.string(),
  runs: count.describe('In how many runs it failed.'),
});

const delivery = z.strictObject({
  receiver: z.string(),
  integration: z.enum(INTEGRATIONS),
  action: z
    .enum(['open', 'update', 'close', 'digest'])
    .describe('A message of its own, a change of it, its end; or one message about many causes.'),
  state: z
    .enum([...DELIVERY_STATES, 'planned'])
    .describe(
      'sent; pending: later; attempting: being sent; uncertain: may have arrived, and is looked up or sent again; dead: not without somebody mending something; planned: in a dry run.',
    ),
  reason: z.string().nullable().describe('Why it is not sent.'),
});

export const reportSchema = z
  .strictObject({
    schema_version: z.literal(1),
    project: z.string().nullable(),
    environment: z.string().nullable(),
    dbt_version: z.string().nullable(),
    invocation_ids: z.array(z.string()).describe('The dbt invocations whose results are in here, oldest first.'),
    generated_at: z
      .string()
      .nullable()
      .describe('When the newest of the artifacts was written, ISO 8601 as dbt wrote it.'),
    totals: z
      .strictObject({ passed: count, warned: count, failed: count, errored: count, skipped: count, unchecked: count })
      .describe('Results of dbt by outcome, and `unchecked` sources: a freshness rule, but no answer.'),
    causes: z.array(cause).describe('Worst first.'),
    exposures: z.array(exposure).describe('Worst first.'),
    ended: z.array(ended).describe('Incidents that ended in this run; empty without a state store.'),
    deliveries: z.array(delivery).describe('What this run sent to whom, and what is not sent yet.'),
    notes: z
      .array(z.strictObject({ code: z.string(), message: z.string() }))
      .describe('What could not be read, joined or checked.'),
  })
  .meta({
    title: 'dq-report report',
    description: 'What `dq-report --format json` writes. What is absent is null, never left out.',
  });

export type JsonReport = z.infer<typeof reportSchema>;
export type JsonCause = JsonReport['causes'][number];
