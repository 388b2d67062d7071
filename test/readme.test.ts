import { expect, test } from '@jest/globals';
import { readmeOfToday } from '../scripts/write-readme.ts';

test('the README shows the report as it is today; `node scripts/write-readme.ts` writes it anew', async () => {
  const { now, wanted } = await readmeOfToday();
  expect(now).toBe(wanted);
});
