import * as z from 'zod';
import type { IntegrationTable } from '../receivers/table.ts';
import { configSchema, configSchemaWith } from './config.ts';

/** The JSON Schema of dq-report.yml, by which editors complete and check it: schemas/config.schema.json. */
export function configJsonSchema(table?: IntegrationTable): object {
  return z.toJSONSchema(table === undefined ? configSchema : configSchemaWith(table), {
    io: 'input',
    // What is changed before it is checked has no schema of its own.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (!(zodSchema instanceof z.ZodPipe) || !(zodSchema.in instanceof z.ZodTransform)) return;
      // A short form: a text, in the place of what it stands for.
      const long = { ...jsonSchema };
      delete long.description;
      for (const key of Object.keys(long)) delete jsonSchema[key];
      jsonSchema.anyOf = [{ type: 'string', minLength: 1 }, long];
    },
  });
}
