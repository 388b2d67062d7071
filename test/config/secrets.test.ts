import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/read-config.ts';
import { secretsFrom } from '../../src/config/secrets.ts';
import { wrongSecrets } from '../../src/config/wrong-secrets.ts';
import { someIntegrations } from '../receivers-table.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dq-report-secrets-'));
  await writeFile(join(folder, 'key'), '  canary-of-a-file\n');
  await writeFile(join(folder, 'empty'), '\n');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a secret', () => {
  test('that stands where the name of its variable belongs is not repeated', async () => {
    const caught = await secretsFrom({ env: {}, folder })({ env: 'xoxb-canary' }).catch((error: unknown) => error);
    expect(caught).toMatchObject({
      problems: [
        {
          what: 'what stands at env is no name of a variable, and is not repeated here because it may be the secret.',
          next: 'Write the name, such as {env: SLACK_BOT_TOKEN}, and put the secret into that variable where dq-report runs. A secret that was written into a file should be replaced.',
        },
      ],
    });
    expect(await secretsFrom({ env: { 'my.odd-name': 'canary' }, folder })({ env: 'my.odd-name' })).toBe('canary');
  });

  test('comes from a variable, or from a file beside the configuration, without white space around it', async () => {
    const secrets = secretsFrom({ env: { TOKEN: ' canary \n' }, folder });
    expect(await secrets({ env: 'TOKEN' })).toBe('canary');
    expect(await secrets({ file: 'key' })).toBe('canary-of-a-file');
    expect(await secrets({ file: join(folder, 'key') })).toBe('canary-of-a-file');
  });

  test.each([
    [{ env: 'NOT_SET' }, 'the variable NOT_SET is not set.'],
    [{ env: 'EMPTY' }, 'the variable EMPTY is not set.'],
    [{ env: 'xoxb-canary' }, /^what stands at env is no name of a variable, /],
    [{ env: 'canary0canary0canary0canary0cana' }, /^what stands at env is no name of a variable, /],
    [{ env: '0CANARY' }, /^what stands at env is no name of a variable, /],
    [{ file: 'none' }, 'none cannot be read (ENOENT).'],
    [{ file: 'empty' }, 'empty is empty.'],
    [{ file: '.' }, 'cannot be read (EISDIR).'],
  ])('that is not there is a problem: %j', async (reference, expected) => {
    await expect(secretsFrom({ env: { EMPTY: '' }, folder })(reference)).rejects.toThrow(expected);
  });
});

test('all secrets that are missing are told with their place', async () => {
  const config = await parseConfig(
    [
      'receivers:',
      '  - name: a',
      '    slack: { token: { env: SET }, channel: x }',
      '  - name: b',
      '    slack: { token: { env: NOT_SET }, channel: x }',
      '    pagerduty:',
      '      routing_key:',
      '        file: none',
      'route: { receiver: a }',
    ].join('\n'),
    'dq-report.yml',
    someIntegrations,
  );
  const problems = await wrongSecrets(config, { env: { SET: 'canary' }, folder });
  expect(problems.map(({ what }) => what)).toEqual([
    'dq-report.yml:5:21: the variable NOT_SET is not set.',
    `dq-report.yml:8:9: the file ${join(folder, 'none')} cannot be read (ENOENT).`,
  ]);
});
