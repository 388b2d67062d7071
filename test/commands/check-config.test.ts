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
  await writeFile(join(cwd, 'key'), 'canary-key');
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
