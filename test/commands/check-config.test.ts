import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkConfigCommand, type CheckConfigFlags } from '../../src/commands/check-config.ts';
import { ProblemError } from '../../src/errors.ts';
import { caught, dqReport } from '../cli.ts';
import { someIntegrations } from '../receivers-table.ts';

const file = `
environment: prod
receivers:
  - name: data
    slack: { token: { env: SLACK_BOT_TOKEN }, channel: C0123456789 }
  - name: pager
    pagerduty: { routing_key: { file: key } }
  - name: nobody
route:
  receiver: data
  routes:
    - matchers: [severity="critical"]
      receiver: pager
      continue: true
      routes: [{ matchers: [tag="x", 'owner!~"a|b"'] }]
    - receiver: nobody
      mute_times: [night]
time_intervals: [{ name: night, time_intervals: [{ weekdays: [sunday] }] }]
`;

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'dq-report-check-'));
  await writeFile(join(cwd, 'dbt_project.yml'), 'name: shop\n');
  await writeFile(join(cwd, 'dq-report.yml'), file);
  await writeFile(join(cwd, 'key'), 'canary0canary0canary0canary0cana');
});
afterEach(() => rm(cwd, { recursive: true }));

interface Checked {
  readonly stdout: string;
  readonly problems: readonly string[];
}

async function check(flags: CheckConfigFlags = {}, token = 'canary-token'): Promise<Checked> {
  const { runtime, written } = caught({ cwd, env: { SLACK_BOT_TOKEN: token } });
  try {
    await checkConfigCommand(flags, runtime, someIntegrations);
    return { stdout: written.stdout, problems: [] };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { stdout: written.stdout, problems: error.problems.map(({ what }) => what) };
  }
}

describe('check-config', () => {
  test('says what the configuration holds', async () => {
    const { stdout, problems } = await check();
    expect(problems).toEqual([]);
    expect(stdout.replace(cwd, '')).toBe(`/dq-report.yml is valid.
  environment prod
  3 receivers
    data: slack
    pager: pagerduty
    nobody: told nothing
  4 routes
    everything → data
      severity="critical" → pager and on
        tag="x", owner!~"a|b" → pager
      everything → nobody (muted at times)
`);
  });

  test('names every secret that is missing, with its place', async () => {
    await rm(join(cwd, 'key'));
    const { problems } = await check({}, '');
    expect(problems.map((what) => what.replaceAll(`${cwd}/`, ''))).toEqual([
      'dq-report.yml:5:21: the variable SLACK_BOT_TOKEN is not set.',
      'dq-report.yml:7:31: the file key cannot be read (ENOENT).',
    ]);
  });

  const whsec = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 'canary').toString('base64')}`;

  test.each([
    ['pagerduty: { routing_key: { env: IT } }', 'canary', 'a routing key is 32 letters and digits'],
    ['pagerduty: { routing_key: { env: IT } }', 'canary-canary-canary-canary-cana', 'a routing key is 32 letters'],
    ['webhook: { url: { env: IT } }', 'ftp://canary.example', 'the address of a webhook begins with https://'],
    [
      'webhook: { url: { env: URL }, secrets: [{ env: IT }] }',
      'canary',
      'a signing secret is whsec_ and 24 to 64 bytes',
    ],
    ['webhook: { url: { env: URL }, secrets: [{ env: IT }] }', whsec(65), 'a signing secret is whsec_ and 24 to 64'],
    [
      'slack_webhook: { url: { env: IT } }',
      'hooks.slack.com/services/canary',
      'begins with https://hooks.slack.com/services/',
    ],
    [
      'slack_webhook: { url: { env: IT } }',
      'https://hooks.slack.com/triggers/canary',
      'begins with https://hooks.slack.com',
    ],
    [
      'slack_webhook: { url: { env: IT } }',
      'https://canary.slack.com/services/T/B/x',
      'begins with https://hooks.slack.com',
    ],
  ])('names a variable whose text cannot be right, never the text: %s %s', async (integration, text, form) => {
    await writeFile(join(cwd, 'forms.yml'), `receivers:\n  - name: a\n    ${integration}\nroute: { receiver: a }\n`);
    const env = { IT: text, URL: 'https://hooks.example/?key=canary' };
    const { exit, stdout, stderr } = await dqReport(['check-config', '--config', join(cwd, 'forms.yml')], { cwd, env });
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(/^\S+forms\.yml:3:\d+: what the variable IT holds cannot be right: /);
    expect(stderr).toContain(form);
    expect(stderr).not.toContain('canary');
  });

  test.each([
    ['pagerduty: { routing_key: { env: IT } }', 'canary0canary0canary0canary0cana'],
    ['webhook: { url: { env: URL }, secrets: [{ env: IT }] }', whsec(24)],
    ['webhook: { url: { env: URL }, secrets: [{ env: IT }] }', whsec(64)],
    ['webhook: { url: { env: URL }, secrets: [{ env: IT }] }', whsec(24).slice('whsec_'.length)],
    ['slack_webhook: { url: { env: IT } }', 'https://hooks.slack.com/services/T0/B0/x'],
    ['slack_webhook: { url: { env: IT } }', 'https://hooks.slack-gov.com/services/T0/B0/x'],
    ['slack_webhook: { url: { env: IT } }', 'https://proxy.example/slack'],
    ['slack_webhook: { url: { env: IT } }', 'http://127.0.0.1:8080/services/T0/B0/x'],
  ])('says nothing of one that may be right: %s %s', async (integration, text) => {
    await writeFile(join(cwd, 'forms.yml'), `receivers:\n  - name: a\n    ${integration}\nroute: { receiver: a }\n`);
    const env = { IT: text, URL: 'http://localhost:8080/?key=canary' };
    expect(await dqReport(['check-config', '--config', join(cwd, 'forms.yml')], { cwd, env })).toMatchObject({
      exit: 0,
      stderr: '',
    });
  });

  test('asks the receivers only with --online, and says who cannot be asked', async () => {
    expect((await check({}, 'revoked')).problems).toEqual([]);
    const { stdout, problems } = await check({ online: true });
    expect(problems).toEqual([]);
    expect(stdout).toContain('  data (slack): ready\n  pager (pagerduty): cannot be asked\n');
  });

  test('tells all that receivers answer, and never a secret', async () => {
    await writeFile(
      join(cwd, 'dq-report.yml'),
      file.replace('  - name: nobody\n', '  - name: nobody\n    datadog: { site: datadoghq.eu }\n'),
    );
    const { stdout, problems } = await check({ online: true }, 'revoked');
    expect(problems).toEqual([
      'Receiver data (slack): the token was revoked.',
      'Receiver nobody (datadog): Datadog cannot be reached (ECONNREFUSED).',
    ]);
    expect(stdout).toContain('data (slack): not ready');
    expect(stdout + problems.join()).not.toContain('canary');
  });
});

describe('as a command it ends', () => {
  test('with 0 for a configuration without receivers', async () => {
    await writeFile(join(cwd, 'dq-report.yml'), 'fail_on: never\nlinks: [{ title: a, url: https://a.example }]\n');
    const { exit, stdout } = await dqReport(['check-config'], { cwd });
    expect({ exit, stdout: stdout.replace(cwd, '') }).toEqual({
      exit: 0,
      stdout: '/dq-report.yml is valid.\n  1 link\n  no receivers: nobody is told\n',
    });
  });

  test('with 2 and every problem for one with mistakes', async () => {
    await writeFile(join(cwd, 'other.yml'), 'fail_no: never\nroute: { receivr: a }\n');
    const { exit, stderr } = await dqReport(['check-config', '--config', 'other.yml'], { cwd: process.cwd() });
    expect({ exit, stderr }).toMatchObject({ exit: 2, stderr: expect.stringContaining('There is no configuration') });
    const named = await dqReport(['check-config', '--config', join(cwd, 'other.yml')], { cwd });
    expect(named.exit).toBe(2);
    expect(named.stderr).toContain('Did you mean `fail_on`?');
    expect(named.stderr).toContain('Did you mean `receiver`?');
  });

  test('with 2 where there is none', async () => {
    await rm(join(cwd, 'dq-report.yml'));
    const { exit, stderr } = await dqReport(['check-config'], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain('Write one with `dq-report init`');
  });
});
