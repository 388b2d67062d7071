/** Writes the JSON Schemas of dq-report's contracts into schemas/; a test compares them with the code. */
import { outputFile } from 'fs-extra/esm';
import * as z from 'zod';
import { configJsonSchema } from '../src/config/json-schema.ts';
import { reportSchema } from '../src/report/json-schema.ts';

await outputFile('schemas/report.schema.json', `${JSON.stringify(z.toJSONSchema(reportSchema), null, 2)}\n`);
await outputFile('schemas/config.schema.json', `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
