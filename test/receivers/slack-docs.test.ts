import { expect, test } from '@jest/globals';
import { slackDocsOfToday } from '../../scripts/write-slack-docs.ts';

test('docs/slack.md shows the messages as they are today; `node scripts/write-slack-docs.ts` writes them anew', async () => {
  const { now, wanted } = await slackDocsOfToday();
  expect(now).toBe(wanted);
});
