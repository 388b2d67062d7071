import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { outputFile } from 'fs-extra/esm';
import { stringify } from 'yaml';
import * as z from 'zod';
import { type Asked, FarSide, type Fault } from './contracts/far-side.ts';
import { PLENTY } from './deliveries/life.ts';
import { client, DeliveryProject } from './deliveries/project.ts';
import { fullId, type ResultOf } from './project.ts';
import { CHANNEL } from './receivers/slack-emulator.ts';

/** Secrets and keys of rows that must not be seen where they do not belong, through everything that can fail. */

const CANARY = /c4n4ry/i;
/** 32 bytes. */
const SIGNING_KEY = 'c4n4ry-key-of-the-signatures-32b';
const SIGNING_SECRET = `whsec_${Buffer.from(SIGNING_KEY).toString('base64')}`;
const PASSWORD = 'c4n4ry-password';
/** The key of a failing row. */
const SAMPLE = 's4mple';

/** By the variables that hold them; the addresses are those of the far sides. */
function secretsAt(url: string): Readonly<Record<string, string>> {
  return {
    BOT_TOKEN: 'xoxb-c4n4ry-token',
    ROUTING_KEY: 'c4n4ryRoutingKey0000000000000000',
    API_KEY: 'c4n4ryApiKey00000000000000000000',
    HOOK_URL: `${url}/c4n4ry-path?key=c4n4ry-query`,
    SIGNING_SECRET,
    SLACK_URL: `${url}/services/T0/B0/c4n4ry-webhook`,
  };
}

function receiversAt(url: string, samples: boolean) {
  return [
    { name: 'bot', slack: { token: { env: 'BOT_TOKEN' }, channel: CHANNEL, api_url: `${url}/slack/api`, samples } },
    { name: 'pager', pagerduty: { routing_key: { env: 'ROUTING_KEY' }, api_url: `${url}/pagerduty`, samples } },
    { name: 'dog', datadog: { api_key: { env: 'API_KEY' }, api_url: `${url}/datadog`, samples } },
    { name: 'hook', webhook: { url: { env: 'HOOK_URL' }, secrets: [{ env: 'SIGNING_SECRET' }], samples } },
    { name: 'channel', slack_webhook: { url: { env: 'SLACK_URL' }, samples } },
  ];
}

/** All is well: each vendor's own yes. */
function yes({ path }: Asked): { readonly status: number; readonly body: string } {
  if (path.startsWith('/services/')) return { status: 200, body: 'ok' };
  if (path.startsWith('/slack/'))
    return { status: 200, body: JSON.stringify({ ok: true, channel: CHANNEL, ts: '1.2' }) };
  return {
    status: 202,
    body: JSON.stringify({ status: path.startsWith('/pagerduty') ? 'success' : 'ok', valid: true }),
  };
}

/** Says no, in words that hold all that it was sent. */
const echoing = (status: number) => (asked: Asked) => {
  const all = JSON.stringify(asked);
  const said = path(asked, '/slack/') ? { ok: false, error: all, message: all } : { message: all, errors: [all] };
  return {
    status,
    headers: { location: asked.path, 'x-echo': all.replaceAll(/[^ -~]/g, '?').slice(0, 2000) },
    body: JSON.stringify(said),
  };
};
const path = (asked: Asked, start: string): boolean => asked.path.startsWith(start);

function failingWithSamples(hour: number): Readonly<Record<string, ResultOf>> {
  const failed = 2 * 4 ** hour;
  const evidence = {
    v: 1,
    unique_id: fullId(client),
    invocation_id: `run-${hour}`,
    unit: 'order',
    checked: 1e12,
    failed,
    samples: [{ order_id: SAMPLE }],
  };
  const sql = `select 1\n/* dq_report:${JSON.stringify(evidence)} */`;
  return { [client]: { status: 'fail', failures: failed, compiled_code: sql } };
}

let farSide: FarSide;
let answer: (asked: Asked) => { readonly status: number; readonly body: string };
let project: DeliveryProject;
beforeEach(async () => {
  answer = yes;
  farSide = await FarSide.start((asked) => answer(asked));
  project = await DeliveryProject.make();
  project.env = { DQ_REPORT_STATE: '', ...secretsAt(farSide.url) };
});
afterEach(async () => {
  await farSide.stop();
  await project.remove();
});

interface Said {
  readonly exit: number | 'a defect';
  readonly stdout: string;
  readonly stderr: string;
}

/** What a process would say, also of an error that is a defect. */
async function say(hour: number, ...args: readonly string[]): Promise<Said> {
  return project
    .dqReport(hour, ...args)
    .catch((error: unknown) => ({ exit: 'a defect' as const, stdout: '', stderr: inspect(error) }));
}

/** Every file that was written down beside the artifacts: the state, and what stands beside it. */
async function written(): Promise<string> {
  const folder = join(project.cwd, '.dq-report');
  const names = await readdir(folder);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('\n');
}

const holdsSecret = (text: string): boolean => CANARY.test(text) || text.includes(SIGNING_SECRET.slice(6, 30));

const FORMATS = ['text', 'json', 'markdown', 'junit'] as const;

const faults: readonly (readonly [when: string, what: ((asked: Asked) => ReturnType<typeof yes>) | Fault])[] = [
  ...[200, 301, 400, 401, 403, 404, 408, 410, 413, 422, 429, 500, 503].map(
    (status) => [`answers ${status} and repeats what it was sent`, echoing(status)] as const,
  ),
  ...(['reset before', 'reset after', 'no answer', 'half an answer', 'no HTTP'] as const).map(
    (fault) => [`fails: ${fault}`, fault] as const,
  ),
];

test.each(faults)('a far side that %s leaves no trace of secrets, nor of rows but in reports', async (_, fault) => {
  await project.tell(receiversAt(farSide.url, true), PLENTY);
  const said: Said[] = [];
  const reports: Said[] = [];
  // It opens while all is well, is in trouble, and is given up or retried.
  await project.built(0, failingWithSamples(0));
  reports.push(await say(0));
  expect(reports[0]).toMatchObject({ exit: 1, stderr: '' });
  await project.tell(receiversAt(farSide.url, true));
  if (typeof fault === 'function') answer = fault;
  else farSide.failAll(fault);
  for (const [index, format] of FORMATS.entries()) {
    await project.built(index + 1, failingWithSamples(index + 1));
    reports.push(await say(index + 1, '--format', format));
  }
  said.push(await say(9, 'check-config', '--online'));
  for (const args of [[], ['--all'], ['--format', 'json'], ['--all', '--format', 'json']])
    said.push(await say(9, 'deliveries', ...args));
  const { deliveries } = JSON.parse(said.at(-1)?.stdout ?? '');
  for (const { id, state } of deliveries) {
    if (state === 'dead') said.push(await say(9, 'deliveries', 'retry', id));
    if (state === 'pending') said.push(await say(9, 'deliveries', 'drop', id, '--reason', 'told by hand'));
  }
  said.push(await say(10, 'deliveries', 'flush'), await say(10, 'incidents'), await say(10, 'routes', 'test'));

  const undelivered = reports.slice(1).map(({ exit }) => exit);
  expect(new Set(undelivered)).toEqual(new Set([3]));
  for (const { exit, stdout, stderr } of [...reports, ...said]) {
    expect({ exit, stderr }).toEqual({ exit: expect.any(Number), stderr: expect.not.stringMatching(CANARY) });
    expect(holdsSecret(stdout + stderr)).toBe(false);
    expect(stderr).not.toContain(SAMPLE);
  }
  for (const { stdout } of said) expect(stdout).not.toContain(SAMPLE);
  expect(holdsSecret(await written())).toBe(false);
});

describe.each([true, false])('when receivers may have samples: %j,', (samples) => {
  test('a far side that takes all gets each secret where it belongs, and rows where they may go', async () => {
    await project.tell(receiversAt(farSide.url, samples), PLENTY);
    await project.built(0, failingWithSamples(0));
    expect(await say(0)).toMatchObject({ exit: 1, stderr: '', stdout: expect.stringContaining(SAMPLE) });
    const asked = farSide.asked.map((each) => JSON.stringify(each));
    for (const secret of ['xoxb-c4n4ry-token', 'c4n4ryRoutingKey', 'c4n4ryApiKey', 'c4n4ry-query', 'c4n4ry-webhook'])
      expect(asked.filter((each) => each.includes(secret)).length).toBeGreaterThan(0);
    // The key itself goes nowhere.
    expect(asked.join()).not.toContain(SIGNING_KEY);
    expect(asked.join()).not.toContain(SIGNING_SECRET.slice(6, 30));
    const shown = ['/slack/', '/pagerduty', '/datadog', '/c4n4ry-path', '/services/'].filter((start) =>
      farSide.asked.some((each) => path(each, start) && each.body.includes(SAMPLE)),
    );
    expect(shown).toEqual(samples ? ['/slack/', '/pagerduty', '/datadog', '/c4n4ry-path', '/services/'] : []);
    expect(holdsSecret(await written())).toBe(false);
    expect((await written()).includes(SAMPLE)).toBe(samples);
  });
});

test('rows that wait go nowhere when receivers may not have them any more', async () => {
  await project.tell(receiversAt(farSide.url, true));
  await project.built(0, failingWithSamples(0));
  answer = () => ({ status: 503, body: '' });
  expect(await say(0)).toMatchObject({ exit: 3 });
  expect(await written()).toContain(SAMPLE);
  farSide.asked.length = 0;
  answer = yes;
  await project.tell(receiversAt(farSide.url, false), PLENTY);
  expect(await say(1, 'deliveries', 'flush')).toMatchObject({ exit: 0, stderr: '' });
  expect(farSide.asked.length).toBeGreaterThan(5);
  expect(JSON.stringify(farSide.asked)).not.toContain(SAMPLE);
});

/** What could repeat it. */
const COMMANDS: readonly (readonly string[])[] = [
  ...FORMATS.map((format) => ['--format', format]),
  ['--log-format', 'json'],
  ['--dry-run'],
  ['check-config'],
  ['check-config', '--online'],
  ['incidents'],
  ['deliveries'],
  ['deliveries', 'flush'],
  ['routes', 'test'],
];

describe('no command repeats a secret', () => {
  beforeEach(async () => {
    await project.tell(receiversAt(farSide.url, false));
    await project.built(0, failingWithSamples(0));
  });

  /** What all commands say; at least one of them that something is wrong. */
  async function judge(): Promise<void> {
    const all: Said[] = [];
    for (const args of COMMANDS) all.push(await say(all.length / 100, ...args));
    for (const { exit, stdout, stderr } of all) {
      expect({ exit, stderr }).toEqual({ exit: expect.any(Number), stderr: expect.not.stringMatching(CANARY) });
      expect(holdsSecret(stdout + stderr)).toBe(false);
    }
    expect(all.some(({ exit }) => exit === 2 || exit === 3)).toBe(true);
  }

  const variables = Object.keys(secretsAt(''));

  test.each(variables)('when %s is not set', async (name) => {
    project.env = { ...project.env, [name]: ' ' };
    await judge();
  });

  test.each(variables)('when what is in %s stands in the configuration', async (name) => {
    const secret = project.env[name] ?? '';
    const isNamed = z.object({ env: z.literal(name) });
    const inline: unknown = JSON.parse(JSON.stringify(receiversAt(farSide.url, false)), (_, value: unknown) =>
      isNamed.safeParse(value).success ? secret : value,
    );
    const file = join(project.cwd, 'dq-report.yml');
    const text = await readFile(file, 'utf8');
    for (const wrong of [
      stringify({ receivers: inline, route: { receiver: 'bot' } }),
      stringify({ receivers: inline, route: { receiver: 'bot' } }).replace('name: bot', 'nmae: bot'),
      `${text}${secret}\n`,
      `${text}- "${secret}\n`,
      text.replace(`env: ${name}`, `env: {text: "${secret}"}`),
      text.replace(`env: ${name}`, `env: "${secret}"`),
      text.replace(`env: ${name}`, `text: "${secret}"`),
      text.replace(`env: ${name}`, `env: ${name}\n        file: "${secret}"`),
    ]) {
      await writeFile(file, wrong);
      await judge();
    }
  });

  test.each(
    variables.flatMap((name) =>
      (
        [
          ['has two lines', (secret: string) => `${secret}\n${secret}`],
          ['has signs that no header takes', (secret: string) => `${secret}\u0001ü\u2028`],
          ['stands in quotes', (secret: string) => `"${secret}"`],
          ['is another kind of secret', () => 'ftp://c4n4ry:c4n4ry@nowhere.invalid:99999/c4n4ry'],
        ] as const
      ).map(([how, spoiled]) => [name, how, spoiled] as const),
    ),
  )('when what is in %s %s', async (name, _, spoiled) => {
    // PagerDuty alone knows what a routing key is, and takes this one for one.
    answer = echoing(400);
    project.env = { ...project.env, [name]: spoiled(project.env[name] ?? '') };
    await judge();
  });

  test.each([
    ['is empty', async (file: string) => outputFile(file, ' \n')],
    ['is a folder', async (file: string) => outputFile(join(file, 'c4n4ry'), 'c4n4ry')],
    ['is not there', async () => undefined],
  ])('when the file of a secret %s', async (_, spoil) => {
    await spoil(join(project.cwd, 'token'));
    const fromFile = { name: 'bot', slack: { token: { file: 'token' }, channel: CHANNEL } };
    await project.tell([fromFile, ...receiversAt(farSide.url, false).slice(1)]);
    await judge();
  });

  test.each([
    `postgresql://dq:${PASSWORD}@127.0.0.1:2/shop`,
    `postgresql://dq:${PASSWORD}@nowhere.invalid/shop`,
    `postgresql://dq:x#${PASSWORD}@127.0.0.1/shop`,
    `postgresql://${PASSWORD}@127.0.0.1:2/shop?password=${PASSWORD}`,
    `mysql://dq:${PASSWORD}@127.0.0.1/shop`,
    `postgresql://dq:${PASSWORD}@127.0.0.1:5432/shop?sslmode=${PASSWORD}`,
  ])('when the state is %s', async (url) => {
    project.env = { ...project.env, DQ_REPORT_STATE: url };
    await judge();
    project.env = { ...project.env, DQ_REPORT_STATE: '' };
    await project.tell(receiversAt(farSide.url, false), { state: { place: url } });
    await judge();
    await project.tell(receiversAt(farSide.url, false), { state: url });
    await judge();
  });

  test('when the state is damaged', async () => {
    await outputFile(join(project.cwd, '.dq-report/state.sqlite'), `c4n4ry ${'x'.repeat(9000)}`);
    await judge();
  });

  test('when the report cannot be written', async () => {
    project.env = { ...project.env, DQ_REPORT_OUTPUT: '.' };
    await judge();
  });

  test('in a configuration of all that there is', () => {
    // So that a receiver with a new kind of secret comes to stand here.
    expect(stringify(receiversAt('', false)).match(/env: \w+/g)).toHaveLength(variables.length);
  });
});
