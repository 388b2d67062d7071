import * as z from 'zod';
import { CATEGORIES, SEVERITIES } from '../findings/finding.ts';
import type { IntegrationTable } from '../receivers/table.ts';
import { linksSchema } from '../routes/links.ts';
import { routeSchema, timeIntervalsSchema } from '../routes/schema.ts';
import { FAIL_ON } from './fail-on.ts';
import { limitsSchema, receiversSchema } from './receivers.ts';

const ownerFields = z
  .strictObject({
    name: z.string().min(1).optional().describe('A person or a team.'),
    email: z.string().min(1).optional(),
    slack: z.string().min(1).optional().describe('A channel (#data) or a handle (@ana).'),
  })
  .refine((value) => Object.keys(value).length > 0, { error: 'an owner needs a name, an email or a slack channel' });

/** A bare name is enough. */
const owner = z.preprocess((value) => (typeof value === 'string' ? { name: value } : value), ownerFields);

const globs = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).transform((value) => [value].flat());

const rule = z.strictObject({
  match: z
    .strictObject({
      model: globs.optional().describe('Names of models or sources, as globs: `fct_*`.'),
      test: globs.optional().describe('Names of generic or singular tests, as globs: `revenue_*`.'),
      path: globs.optional().describe('Files of models, relative to the dbt project, as globs: `models/marts/**`.'),
      package: globs.optional().describe('dbt packages that the test or model comes from.'),
      tag: globs.optional().describe('Tags of the test or its model.'),
    })
    .refine((value) => Object.keys(value).length > 0, {
      error: 'a match needs at least one of model, test, path, package, tag',
    })
    .describe('All that is given must match.'),
  category: z.enum(CATEGORIES).optional(),
  severity: z.enum(SEVERITIES).optional(),
});

/** dq-report.yml as it is written. Every key is optional; unknown keys are errors. */
const keys = {
  environment: z
    .string()
    .min(1)
    .optional()
    .describe('Name of this environment, such as prod. Default: the --target of dbt, if one was given.'),
  fail_on: z.enum(FAIL_ON).optional().describe('Exit with 1 when a cause is at least this bad. Default: error.'),
  state: z
    .strictObject({
      place: z
        .string()
        .min(1)
        .refine((value) => !/^[a-z]+:\/\/[^/@]*:[^/@]*@/.test(value), {
          error: 'a password does not belong into this file: give the whole URL in the variable DQ_REPORT_STATE',
        })
        .optional()
        .describe(
          'Where incidents are remembered: a file, relative to the project; a URL that begins with postgresql://; or none. Default: .dq-report/state.sqlite.',
        ),
      keep_days: z
        .int()
        .min(8)
        .optional()
        .describe('Days after which runs and ended incidents are forgotten. Default: 400.'),
    })
    .optional(),
  owners: z
    .strictObject({
      default: owner.optional().describe('Who looks after what nobody else owns.'),
      code_owners: z.boolean().optional().describe('Whether a CODEOWNERS file names owners. Default: true.'),
    })
    .optional(),
  rules: z
    .array(rule)
    .optional()
    .describe(
      'Category and severity by model, test, path, package or tag. The first rule that matches and says something wins; meta.dq_report in the project goes before all rules.',
    ),
  receivers: receiversSchema().optional(),
  route: routeSchema.optional(),
  time_intervals: timeIntervalsSchema.optional(),
  links: linksSchema.optional(),
  limits: limitsSchema.optional(),
};

export const configSchema = z.strictObject(keys);

/** The same with the integrations of another table. */
export function configSchemaWith(table: IntegrationTable): typeof configSchema {
  return z.strictObject({ ...keys, receivers: receiversSchema(table).optional() });
}

export type ConfigFile = z.infer<typeof configSchema>;
