import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FarSide } from '../contracts/far-side.ts';
import { openStore } from '../../src/store/open.ts';
import { failing } from '../incidents/runs.ts';
import type { ResultOf } from '../project.ts';
import { type EmulatedSlack, emulatedSlack } from '../receivers/slack-emulator.ts';
import { client, day, DeliveryProject, receivers, SECRETS } from './project.ts';

let emulator: EmulatedSlack;
beforeAll(async () => {
  emulator = await emulatedSlack(SECRETS.SLACK_BOT_TOKEN);
});
afterAll(() => emulator.stop());

let slack: FarSide;
let pagerduty: FarSide;
let webhook: FarSide;
let project: DeliveryProject;
beforeEach(async () => {
  emulator.reset();
  slack = await FarSide.start((asked) => emulator.forward(asked));
  pagerduty = await FarSide.start(() => ({ status: 202, body: '{"status":"success"}' }));
  webhook = await FarSide.start(() => ({ status: 204 }));
  project = await DeliveryProject.make();
  project.env = { ...project.env, HOOK_URL: webhook.url };
  await project.tell([receivers.slack(slack.url), receivers.pagerduty(pagerduty.url), receivers.webhook()]);
});
afterEach(async () => {
  await Promise.all([slack.stop(), pagerduty.stop(), webhook.stop(), project.remove()]);
});

const paged = (): readonly string[] =>
  pagerduty.asked.map(({ body }) => {
    const { event_action: action, payload } = JSON.parse(body);
    return `${String(action)}${payload === undefined ? '' : ` ${String(payload.severity)}`}`;
  });
const keys = (): number => new Set(pagerduty.asked.map(({ body }) => String(JSON.parse(body).dedup_key))).size;
const hooked = (): readonly string[] =>
  webhook.asked.map(({ body }) => {
    const { action, notices } = JSON.parse(body);
    return `${String(action)} ${String(notices[0].change)}`;
  });

describe('three runs', () => {
  test('open a message everywhere, change it, and end it', async () => {
    const opened = await project.run(0, { [client]: failing(5) });
    expect(opened).toMatchObject({ exit: 1, stderr: '' });
    expect(opened.stdout).toContain('Told: data (slack) 1 new; pager (pagerduty) 1 new; hook (webhook) 1 new.');
    const [first] = await emulator.messages();
    expect(first?.text).toContain('orders_have_a_client');

    await project.run(1, { [client]: failing(50) });
    const [changed, ...others] = await emulator.messages();
    expect(others).toEqual([]);
    expect(changed?.ts).toBe(first?.ts);
    expect(changed?.text).not.toBe(first?.text);

    expect(await project.run(2, { [client]: 'pass' })).toMatchObject({ exit: 0, stderr: '' });
    const messages = await emulator.messages();
    expect(messages).toHaveLength(1);
    expect(messages[0]?.text).toContain('Mended');
    expect(await emulator.messages(first?.ts)).toHaveLength(3);

    expect(paged()).toEqual(['trigger error', 'trigger error', 'resolve']);
    expect(keys()).toBe(1);
    expect(hooked()).toEqual(['open opened', 'update worsened', 'close resolved']);
  }, 30_000);

  test('tell the same run once', async () => {
    await project.run(0, { [client]: failing(5) });
    expect(await project.dqReport(0)).toMatchObject({ exit: 1, stdout: expect.not.stringContaining('Told') });
    expect(paged()).toEqual(['trigger error']);
    expect(hooked()).toEqual(['open opened']);
    expect(await emulator.messages()).toHaveLength(1);
  }, 30_000);
});

test('a run that was counted before there were receivers is told by the next build, and says so', async () => {
  const counted = 'This run was counted already, and nobody is told of it anew: the next dbt build is told.\n';
  await project.tell([], { route: undefined, receivers: undefined });
  expect((await project.run(0, { [client]: failing(5) })).stdout).not.toContain(counted);
  expect((await project.dqReport(0)).stdout).not.toContain(counted);
  await project.tell([receivers.webhook()]);
  expect((await project.dqReport(0, '--dry-run')).stdout).toContain(
    `Dry run: nobody would be told anything.\n${counted}`,
  );
  expect((await project.dqReport(0)).stdout).toContain(`\n\n${counted}`);
  expect((await project.dqReport(0, '--quiet')).stdout).toBe('');
  expect(hooked()).toEqual([]);
  const next = await project.run(1, { [client]: failing(5) });
  expect(next.stdout).toContain('Told: hook (webhook) 1 new.');
  expect(next.stdout).not.toContain(counted);
  expect(hooked()).toEqual(['open ongoing']);
});

describe('a report that nobody gets keeps nobody from being told:', () => {
  const withDevice = existsSync('/dev/full') ? test : test.skip;
  beforeEach(async () => {
    await project.tell([receivers.webhook()]);
    await project.built(0, { [client]: { status: 'error', message: `Error\n${'x'.repeat(99)}\n`.repeat(5000) } });
  });
  afterEach(() => {
    expect(hooked()).toEqual(['open opened']);
  });

  function started(...stdio: readonly [stdout: 'pipe' | number, stderr: 'pipe' | number]): ChildProcess {
    return spawn(process.execPath, [resolve(import.meta.dirname, '../../src/main.ts'), '--verbose'], {
      cwd: project.cwd,
      env: { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning', ...project.env },
      stdio: ['ignore', ...stdio],
    });
  }
  const said = (running: ChildProcess): Promise<string> => textOf(running.stderr ?? Readable.from([]));
  const ended = async (running: ChildProcess): Promise<unknown> => (await once(running, 'close'))[0];

  test('its reader has left', async () => {
    const running = started('pipe', 'pipe');
    running.stdout?.destroy();
    running.stderr?.destroy();
    expect(await ended(running)).toBe(1);
  });

  test('its reader leaves in the middle', async () => {
    const running = started('pipe', 'pipe');
    running.stdout?.once('data', () => running.stdout?.destroy());
    const stderr = said(running);
    expect([await ended(running), await stderr]).toEqual([1, '']);
  });

  withDevice('the disk is full', async () => {
    const full = await open('/dev/full', 'w');
    const running = started(full.fd, 'pipe');
    const stderr = said(running);
    expect([await ended(running), await stderr]).toEqual([
      2,
      'The report could not be written (ENOSPC).\n  Give it a file with --output.\n',
    ]);
    await full.close();
  });

  withDevice('the disk is full, for errors as well', async () => {
    const full = await open('/dev/full', 'w');
    expect(await ended(started(full.fd, full.fd))).toBe(2);
    await full.close();
  });

  test.each(['text', 'json'])('the file cannot take it (%s)', async (format) => {
    const { exit, stderr } = await project.dqReport(0, '--format', format, '--output', '.');
    expect([exit, stderr]).toEqual([
      2,
      'The report could not be written to . (EISDIR).\n  Name another file with --output.\n',
    ]);
  });

  test('the file cannot take it, and a secret is missing: both are said', async () => {
    await project.tell([receivers.webhook(), receivers.pagerduty(pagerduty.url)]);
    project.env = { ...project.env, PAGERDUTY_ROUTING_KEY: '' };
    const { exit, stderr } = await project.dqReport(0, '--output', '.');
    expect(exit).toBe(2);
    expect(stderr).toContain('The report could not be written to . (EISDIR).');
    expect(stderr).toContain('Receiver pager (pagerduty): ');
  });
});

test('a dry run leaves out what no route names any more', async () => {
  await project.tell([receivers.webhook(), receivers.pagerduty(pagerduty.url)], { route: { receiver: 'hook' } });
  webhook.failNext({ status: 503 });
  await project.run(0, { [client]: failing(5) });
  await project.tell([receivers.webhook(), receivers.pagerduty(pagerduty.url)], { route: { receiver: 'pager' } });
  await project.built(1, { [client]: failing(5) });
  const planned = (await project.dqReport(1, '--dry-run')).stdout;
  expect([planned.includes('→ pager'), planned.includes('→ hook')]).toEqual([true, false]);
  expect((await project.dqReport(1)).stdout).toContain('Told: pager (pagerduty) 1 new.');
});

test('a far side that hangs holds up no other', async () => {
  slack.failNext('silence');
  const { exit, stdout, stderr } = await project.run(0, { [client]: failing(5) });
  expect(exit).toBe(3);
  expect(stdout).toContain('Told: pager (pagerduty) 1 new; hook (webhook) 1 new.');
  expect(stderr).toContain('1 message to data (slack), may have arrived: Slack did not answer in time');
  await project.run(1, { [client]: failing(5) });
  expect(await emulator.messages()).toHaveLength(1);
});

describe('what cannot be delivered', () => {
  beforeEach(() => project.tell([receivers.webhook()]));

  test('is kept, makes the exit code 3, and is sent by the next run', async () => {
    webhook.failNext({ status: 503 });
    const failed = await project.run(0, { [client]: failing(5) });
    expect(failed).toMatchObject({ exit: 3, stderr: expect.stringContaining('1 alert not delivered, and kept') });
    expect(failed.stderr).toContain(
      '1 message to hook (webhook), not sent yet: The webhook answered with HTTP status 503.',
    );
    expect((await project.dqReport(0, 'deliveries')).stdout).toContain('pending');
    const later = await project.run(1, { [client]: failing(5) });
    expect(later).toMatchObject({ exit: 1, stderr: '' });
    expect(hooked()).toEqual(['open opened', 'open opened']);
  });

  test('is told by one message when it has ended meanwhile', async () => {
    webhook.failNext({ status: 503 });
    await project.run(0, { [client]: failing(5) });
    await project.run(1, { [client]: 'pass' });
    expect(hooked()).toEqual(['open opened', 'close resolved']);
    expect((await project.dqReport(1, 'deliveries', '--all')).stdout).toContain(
      'A newer delivery about the same says it.',
    );
  });

  test('becomes a dead letter that every report names until somebody drops it', async () => {
    webhook.failNext({ status: 413 });
    expect(await project.run(0, { [client]: failing(5) })).toMatchObject({ exit: 3 });
    await project.tell([receivers.webhook()], { route: { receiver: 'hook', matchers: undefined } });
    const { stdout, exit } = await project.run(1, { [day]: 'pass' });
    expect(exit).toBe(3);
    expect(stdout).toContain('1 alert was not delivered to hook (webhook): The webhook answered with HTTP status 413.');
    const { deliveries } = JSON.parse((await project.dqReport(1, 'deliveries', '--format', 'json')).stdout);
    expect(deliveries).toMatchObject([{ state: 'dead', receiver: 'hook', action: 'open', attempts: 1 }]);
    const empty = await project.dqReport(1, 'deliveries', 'drop', deliveries[0].id, '--reason', ' ');
    expect(empty).toMatchObject({ exit: 2, stderr: expect.stringContaining('--reason is empty.') });
    const dropped = await project.dqReport(1, 'deliveries', 'drop', deliveries[0].id, '--reason', 'told by hand');
    expect(dropped).toMatchObject({ exit: 0, stdout: expect.stringContaining('told by hand') });
    expect(await project.run(2, { [day]: 'pass' })).toMatchObject({ exit: 0, stderr: '' });
    expect(await project.dqReport(2, 'deliveries', 'drop', 'abc', '--reason', 'x')).toMatchObject({ exit: 2 });
  });

  test('becomes a dead letter too when no receivers are left in the configuration', async () => {
    webhook.failNext({ status: 503 });
    await project.run(0, { [client]: failing(5) });
    await project.tell([], { route: undefined, receivers: undefined });
    const { exit, stdout, stderr } = await project.run(1, { [day]: 'pass' });
    expect(exit).toBe(3);
    expect(stdout).toContain('Its receiver is not in the configuration any more.');
    expect(stderr).toContain('will not be sent');
    expect((await project.dqReport(1, '--dry-run')).stdout).not.toContain('Dry run');
  });

  test('is ordered anew at its receiver alone when others were told', async () => {
    await project.tell([receivers.pagerduty(pagerduty.url), receivers.webhook()]);
    webhook.failNext({ status: 413 });
    expect(await project.run(0, { [client]: failing(5) })).toMatchObject({ exit: 3 });
    const second = await project.run(1, { [client]: failing(5) });
    expect(second).toMatchObject({ exit: 1, stderr: '' });
    expect(hooked()).toEqual(['open opened', 'open ongoing']);
    await project.run(2, { [client]: failing(5) });
    expect(hooked()).toHaveLength(2);
  });

  test('is not told again after a person has dropped it, until there is news', async () => {
    webhook.failNext({ status: 413 });
    await project.run(0, { [client]: failing(5) });
    const [{ id }] = JSON.parse((await project.dqReport(0, 'deliveries', '--format', 'json')).stdout).deliveries;
    await project.dqReport(0, 'deliveries', 'drop', id, '--reason', 'known');
    expect(await project.run(1, { [client]: failing(5) })).toMatchObject({ exit: 1, stderr: '' });
    expect(hooked()).toEqual(['open opened']);
    await project.run(2, { [client]: failing(50) });
    expect(hooked()).toEqual(['open opened', 'open worsened']);
  });

  test('is ordered anew by each run that sees it, as long as nobody has been told', async () => {
    webhook.failNext({ status: 413 }, { status: 413 });
    await project.run(0, { [client]: failing(5) });
    expect(await project.run(1, { [client]: failing(5) })).toMatchObject({ exit: 3 });
    expect(await project.run(2, { [client]: failing(5) })).toMatchObject({ exit: 1, stderr: '' });
    expect(await project.run(3, { [client]: failing(5) })).toMatchObject({ exit: 1, stderr: '' });
    expect(hooked()).toEqual(['open opened', 'open ongoing', 'open ongoing']);
  });

  test('because the credentials are wrong is sent by the next run after they are mended, whatever it finds', async () => {
    webhook.failNext({ status: 401 }, { status: 401 });
    await project.run(0, { [client]: failing(5) });
    const refused = await project.run(1, { [client]: 'pass' });
    expect(refused).toMatchObject({ exit: 3, stderr: expect.stringContaining('not sent yet') });
    expect(await project.run(2, { [day]: 'pass' })).toMatchObject({ exit: 0, stderr: '' });
    expect(hooked()).toEqual(['open opened', 'close resolved', 'close resolved']);
  });

  test('because the credentials are wrong holds back the rest, which would be refused too', async () => {
    webhook.failNext({ status: 403 });
    const { exit } = await project.run(0, { [client]: failing(5), [day]: failing(1) });
    expect(exit).toBe(3);
    expect(webhook.asked).toHaveLength(1);
    expect(await project.run(1, { [client]: failing(5), [day]: failing(1) })).toMatchObject({ exit: 1, stderr: '' });
    expect(hooked()).toHaveLength(3);
  });

  test('stands in the story of its incident, and so does how the end was told', async () => {
    await project.tell([receivers.pagerduty(pagerduty.url), receivers.webhook()]);
    const story = async (...args: readonly string[]): Promise<string> => {
      const { incidents } = JSON.parse((await project.dqReport(3, 'incidents', '--format', 'json')).stdout);
      return (await project.dqReport(3, 'incidents', 'show', incidents[0].id, ...args)).stdout;
    };
    const alerts = async (): Promise<readonly string[]> =>
      (await story()).split('\n').flatMap((line) => /^ {2}[0-9a-f]{12} {2}(.*)$/.exec(line)?.[1] ?? []);
    webhook.failNext({ status: 503 });
    await project.run(0, { [client]: failing(5) });
    expect(await alerts()).toEqual([
      'pending     hook (webhook)  open, 2026-01-02 06:01 UTC: The webhook answered with HTTP status 503.',
    ]);
    await project.run(1, { [client]: failing(5) });
    expect(await alerts()).toEqual([]);
    webhook.failNext({ status: 413 });
    await project.run(2, { [client]: 'pass' });
    expect(await alerts()).toEqual([
      'sent        pager (pagerduty)  close, 2026-01-02 08:01 UTC',
      'dead        hook (webhook)  close, 2026-01-02 08:01 UTC: The webhook answered with HTTP status 413.',
    ]);
    const { deliveries } = JSON.parse(await story('--format', 'json'));
    expect(deliveries.filter((each: { tells_end: boolean }) => each.tells_end)).toMatchObject([
      { receiver: 'pager', action: 'close', state: 'sent' },
      { receiver: 'hook', action: 'close', state: 'dead' },
    ]);
  });

  test('because the credentials are wrong is tried once by each process, however soon, and never after what is behind it', async () => {
    webhook.failNext({ status: 403 }, { status: 401 });
    await project.run(0, { [client]: failing(5), [day]: failing(1) });
    expect(await project.dqReport(0.01)).toMatchObject({ exit: 3 });
    expect(webhook.asked).toHaveLength(2);
    expect(await project.dqReport(0.02)).toMatchObject({ exit: 1, stderr: '' });
    const ids = webhook.asked.map(({ headers }) => headers['webhook-id']);
    expect(ids.slice(0, 3)).toEqual([ids[0], ids[0], ids[0]]);
    expect(new Set(ids).size).toBe(2);
  });

  test('is sent again when somebody retries it and flushes', async () => {
    webhook.failNext({ status: 413 });
    await project.run(0, { [client]: failing(5) });
    const [{ id }] = JSON.parse((await project.dqReport(0, 'deliveries', '--format', 'json')).stdout).deliveries;
    expect(await project.dqReport(1, 'deliveries', 'flush')).toMatchObject({ exit: 3 });
    expect((await project.dqReport(1, 'deliveries', 'retry', id)).stdout).toContain('It is due');
    expect(await project.dqReport(1, 'deliveries', 'flush')).toMatchObject({
      exit: 0,
      stdout: 'Told: hook (webhook) 1 new.\n',
    });
    expect(new Set(webhook.asked.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  test('waits for a flush of its own environment', async () => {
    webhook.failNext({ status: 503 });
    await project.run(0, { [client]: failing(5) }, '--environment', 'prod');
    expect(await project.dqReport(1, 'deliveries', 'flush', '--environment', 'dev')).toEqual({
      exit: 0,
      stdout: 'Nothing was due.\n',
      stderr: 'Alerts of environment prod wait too, and were left alone.\n',
    });
    expect(await project.dqReport(1, 'deliveries', 'flush', '--environment', 'prod')).toMatchObject({
      exit: 0,
      stderr: '',
    });
  });

  test('is listed for the environment that is meant, as it is flushed, and the others are named', async () => {
    webhook.failNext({ status: 503 }, { status: 503 });
    await project.run(0, { [client]: failing(5) }, '--environment', 'prod');
    await project.run(0.1, { [client]: failing(5) }, '--environment', 'dev');
    const listed = async (...args: readonly string[]): Promise<readonly (string | null)[]> => {
      const { stdout } = await project.dqReport(0.1, 'deliveries', '--format', 'json', ...args);
      return JSON.parse(stdout).deliveries.map((each: { environment: string | null }) => each.environment);
    };
    expect(await listed()).toEqual(['prod', 'dev']);
    await project.tell([receivers.webhook()], { environment: 'dev' });
    expect(await listed()).toEqual(['dev']);
    project.env = { ...project.env, DQ_REPORT_ENVIRONMENT: 'prod' };
    expect(await listed()).toEqual(['prod']);
    expect(await listed('--environment', 'dev')).toEqual(['dev']);
    expect((await project.dqReport(0.1, 'deliveries')).stderr).toBe(
      'Alerts of environment dev wait too: `dq-report deliveries --environment "dev"` lists them.\n',
    );
    expect((await project.dqReport(1, 'deliveries', 'flush')).stderr).toBe(
      'Alerts of environment dev wait too, and were left alone.\n',
    );
    expect(webhook.asked).toHaveLength(3);
  });

  test('is not retried where its receiver is gone, and is where it is back', async () => {
    webhook.failNext({ status: 413 });
    await project.run(0, { [client]: failing(5) });
    const [{ id }] = JSON.parse((await project.dqReport(0, 'deliveries', '--format', 'json')).stdout).deliveries;
    await project.tell([receivers.pagerduty(pagerduty.url)]);
    expect((await project.dqReport(1, 'deliveries')).stdout).toContain(
      'Its receiver is not in the configuration any more.',
    );
    const { exit, stderr } = await project.dqReport(1, 'deliveries', 'retry', id);
    expect(exit).toBe(2);
    expect(stderr).toContain(`its receiver hook (webhook) is not in the configuration, so nobody could send it.`);
    expect(stderr).toContain('Give the receiver its old name back in dq-report.yml');
    await project.tell([receivers.webhook()]);
    expect(await project.dqReport(1, 'deliveries', 'retry', id)).toMatchObject({ exit: 0, stderr: '' });
  });

  test('is listed with what was said of it, also where no secret is there', async () => {
    webhook.failNext({ status: 503 });
    await project.run(0, { [client]: failing(5) });
    const { incidents } = JSON.parse((await project.dqReport(0, 'incidents', '--format', 'json')).stdout);
    const { stdout } = await project.dqReport(0, 'deliveries');
    expect(stdout).toContain(`incident ${String(incidents[0].id)}`);
    expect(stdout).toContain('The webhook answered with HTTP status 503.');
    project.env = { DQ_REPORT_STATE: '' };
    const keyless = await project.dqReport(0, 'deliveries');
    expect(keyless).toMatchObject({ exit: 0, stderr: '' });
    expect(keyless.stdout).toContain('A secret of the receiver is missing.');
  });

  test('is left by a flush, and said to be, while another process may be sending it', async () => {
    webhook.failNext({ status: 503 });
    await project.run(0, { [client]: failing(5) });
    const store = await openStore({ kind: 'sqlite', path: join(project.cwd, '.dq-report/state.sqlite') }, 400);
    const later = project.hour(1);
    await store?.outbox.claim({
      scope: { project: 'shop', environment: '' },
      destination: { receiver: 'hook', integration: 'webhook' },
      now: later,
      leaseUntil: project.hour(2),
      owner: 'another',
      eager: true,
    });
    await store?.close();
    const { exit, stdout, stderr } = await project.dqReport(1, 'deliveries', 'flush');
    expect([exit, stdout]).toEqual([3, 'Nothing was sent.\n']);
    expect(stderr).toContain('1 message to hook (webhook), being sent, or interrupted not long ago');
  });

  test('holds nobody up when the far side never answers', async () => {
    webhook.failNext('silence');
    const { exit, stderr } = await project.run(0, { [client]: failing(5) });
    expect(exit).toBe(3);
    expect(stderr).toContain('may have arrived: The webhook did not answer in time; it may have acted.');
    // The far side knows the delivery by its id, so it is sent again.
    expect(await project.run(1, { [client]: failing(5) })).toMatchObject({ exit: 1 });
    expect(new Set(webhook.asked.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });
});

describe('a dry run', () => {
  test('says who would be told what, needs no secret, and sends and writes nothing', async () => {
    project.env = { DQ_REPORT_STATE: '' };
    const { exit, stdout } = await project.run(0, { [client]: failing(5) }, '--dry-run');
    expect(exit).toBe(1);
    expect(stdout).toContain('Dry run: nothing is sent or remembered.');
    expect(stdout).toContain('→ pager (pagerduty)  open ERROR orders_have_a_client on orders');
    expect(existsSync(join(project.cwd, '.dq-report'))).toBe(false);
    const { deliveries } = JSON.parse((await project.dqReport(0, '--dry-run', '--format', 'json')).stdout);
    expect(deliveries).toMatchObject([
      { receiver: 'data', action: 'open', state: 'planned', reason: null },
      { receiver: 'pager' },
      { receiver: 'hook' },
    ]);
    expect([...slack.asked, ...pagerduty.asked, ...webhook.asked]).toEqual([]);
  });

  test('knows what was told before', async () => {
    await project.run(0, { [client]: failing(5) });
    const { stdout } = await project.run(1, { [client]: 'pass' }, '--dry-run');
    expect(stdout).toContain('→ pager (pagerduty)  close ERROR');
    expect(paged()).toEqual(['trigger error']);
    expect((await project.dqReport(1)).stdout).toContain('Told');
    expect((await project.run(2, { [client]: 'pass' }, '--dry-run')).stdout).toContain('nobody would be told');
  }, 30_000);
});

test('a run that is older than what is known tells nobody, and says so', async () => {
  await project.run(2, { [client]: 'pass' });
  const { exit, stdout } = await project.run(1, { [client]: failing(5) });
  expect(exit).toBe(1);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'Not counted and not told, because a later run has looked at the same since: orders_have_a_client on orders.',
  );
  expect(paged()).toEqual([]);
  expect((await project.run(3, { [client]: failing(5) })).stdout).not.toContain('later run');
});

test('a run that has nothing to say to a receiver does not count as a message', async () => {
  pagerduty.failNext({ status: 413 });
  await project.run(0, { [client]: failing(5) });
  const { stdout } = await project.run(1, { [client]: 'pass' });
  expect(stdout).toContain('Told: data (slack) 1 ended; hook (webhook) 1 ended.');
  expect(paged()).toEqual(['trigger error']);
});

test('a dry run names what waits from earlier runs, unless it says the same anew', async () => {
  webhook.failNext({ status: 503 });
  await project.run(0, { [client]: failing(5) });
  const idle = await project.run(1, { [day]: 'pass' }, '--dry-run');
  expect(idle.stdout).toContain(
    '→ hook (webhook)  open ERROR orders_have_a_client on orders, ordered by an earlier run',
  );
  const worse = await project.run(2, { [client]: failing(50) }, '--dry-run');
  expect(worse.stdout).toContain('→ hook (webhook)  open ERROR orders_have_a_client on orders\n');
  expect(worse.stdout).not.toContain('earlier run');
  await project.tell([receivers.pagerduty(pagerduty.url)]);
  const gone = await project.run(3, { [day]: 'pass' }, '--dry-run');
  expect(gone.stdout).toContain('Dry run: nobody would be told anything.');
});

test('PagerDuty, which may have taken an event that it answers with an error, is told of its end', async () => {
  await project.tell([receivers.pagerduty(pagerduty.url)]);
  pagerduty.failNext({ status: 500 });
  expect(await project.run(0, { [client]: failing(5) })).toMatchObject({ exit: 3 });
  expect(await project.run(1, { [client]: 'pass' })).toMatchObject({ exit: 0 });
  expect(paged().at(-1)).toBe('resolve');
  expect(keys()).toBe(1);
});

test('PagerDuty is told of the end also when a person has dropped what it may have taken', async () => {
  await project.tell([receivers.pagerduty(pagerduty.url)]);
  pagerduty.failNext({ status: 500 });
  await project.run(0, { [client]: failing(5) });
  const [{ id }] = JSON.parse((await project.dqReport(0, 'deliveries', '--format', 'json')).stdout).deliveries;
  await project.dqReport(0, 'deliveries', 'drop', id, '--reason', 'known');
  expect(await project.run(1, { [client]: failing(5) })).toMatchObject({ exit: 1, stderr: '' });
  expect(await project.run(2, { [client]: 'pass' })).toMatchObject({ exit: 0, stderr: '' });
  expect(paged()).toEqual(['trigger error', 'resolve']);
});

test('PagerDuty is told of the end also when its receiver was away while nobody knew whether it had the beginning', async () => {
  await project.tell([receivers.pagerduty(pagerduty.url)]);
  pagerduty.failNext('reset after');
  await project.run(0, { [client]: failing(5) });
  await project.tell([receivers.webhook()]);
  await project.run(1, { [day]: 'pass' });
  await project.tell([receivers.pagerduty(pagerduty.url)]);
  await project.run(2, { [client]: 'pass' });
  expect(paged()).toEqual(['trigger error', 'resolve']);
  expect(keys()).toBe(1);
});

test('news that waited in a digest is told in the thread of the digest that told it first', async () => {
  const chat = { ...receivers.slack(slack.url), slack: { ...receivers.slack(slack.url).slack, max_messages: 1 } };
  await project.tell([chat]);
  await project.run(0, { [client]: failing(5), [day]: failing(5) });
  slack.failNext({ status: 503 });
  await project.run(1, { [client]: failing(50), [day]: failing(50) });
  await project.run(2, { [client]: failing(500), [day]: failing(50) });
  const messages = await emulator.messages();
  const threads = await Promise.all(messages.map(({ ts }) => emulator.messages(ts)));
  const said = threads.flat().map(({ text }) => text);
  expect(said.some((line) => line.includes('orders_have_a_client') && line.includes('500 failures'))).toBe(true);
});

describe('a mute time', () => {
  const nights = {
    time_intervals: [
      {
        name: 'nights',
        time_intervals: [
          {
            times: [
              { start_time: '20:00', end_time: '24:00' },
              { start_time: '00:00', end_time: '08:00' },
            ],
          },
        ],
      },
    ],
    route: {
      receiver: 'hook',
      routes: [
        { receiver: 'hook', mute_times: ['nights'], continue: true },
        { receiver: 'pager', mute_times: ['nights'] },
      ],
    },
  };
  beforeEach(() => project.tell([receivers.pagerduty(pagerduty.url), receivers.webhook()], nights));

  test('is named by the report, and the first run after it tells', async () => {
    const { exit, stdout } = await project.run(0, { [client]: failing(5) });
    expect(exit).toBe(1);
    expect(stdout).toContain(
      'Waiting until 2026-01-02 08:00 UTC, for the first run after it: pager (pagerduty) 1 new; hook (webhook) 1 new.',
    );
    expect((await project.run(3, { [day]: 'pass' })).stdout).toContain(
      'Told: pager (pagerduty) 1 new; hook (webhook) 1 new.',
    );
  });

  test('that ended without a run holds again at night, and what waits is not delivered until somebody flushes', async () => {
    await project.run(0, { [client]: failing(5) });
    for (const [hour, results] of [
      [24, { [client]: failing(5) }],
      [48, { [day]: 'pass' }],
    ] as const) {
      const { exit, stderr } = await project.run(hour, results);
      expect(exit).toBe(3);
      expect(stderr).toContain(
        '1 message to hook (webhook), not sent yet: Nobody sent it after its mute time had ended (2026-01-02 08:00 UTC)',
      );
    }
    expect(hooked()).toEqual([]);
    expect(await project.dqReport(48, 'deliveries', 'flush')).toMatchObject({ exit: 3, stdout: 'Nothing was sent.\n' });
    expect(await project.dqReport(55, 'deliveries', 'flush')).toMatchObject({ exit: 0, stderr: '' });
    expect(hooked()).toEqual(['open opened']);
    expect(paged()).toEqual(['trigger error']);
  });

  test('holds again at night also beside a route with the same matchers that is never muted, of another receiver', async () => {
    const [muted] = nights.route.routes;
    const beside = { ...nights, route: { receiver: 'hook', routes: [muted, { receiver: 'pager' }] } };
    await project.tell([receivers.pagerduty(pagerduty.url), receivers.webhook()], beside);
    await project.run(0, { [client]: failing(5) });
    await project.run(24, { [day]: 'pass' });
    expect(hooked()).toEqual([]);
    expect(paged()).toEqual(['trigger error']);
  });

  test('holds what a person retries at night, and says so', async () => {
    await project.run(0, { [client]: failing(5) });
    webhook.failNext({ status: 413 });
    await project.run(3, { [day]: 'pass' });
    const { stdout: listed } = await project.dqReport(24, 'deliveries', '--format', 'json');
    const { stdout } = await project.dqReport(24, 'deliveries', 'retry', JSON.parse(listed).deliveries[0].id);
    expect(stdout).toContain('muted until 2026-01-03 08:00 UTC');
    expect(stdout).toContain('Its route is muted: the first run after 2026-01-03 08:00 UTC sends it');
    expect(await project.dqReport(24, 'deliveries', 'flush')).toMatchObject({ exit: 0 });
    expect(hooked()).toEqual(['open opened']);
    await project.dqReport(27, 'deliveries', 'flush');
    expect(hooked()).toEqual(['open opened', 'open opened']);
  });

  test('that leaves the configuration holds nothing any more, and one that is put forward holds no longer', async () => {
    await project.run(0, { [client]: failing(5) });
    const until = [{ times: [{ start_time: '00:00', end_time: '06:30' }] }];
    await project.tell([receivers.pagerduty(pagerduty.url), receivers.webhook()], {
      ...nights,
      time_intervals: [{ name: 'nights', time_intervals: until }],
    });
    await project.dqReport(0);
    expect(hooked()).toEqual([]);
    expect((await project.dqReport(0, 'deliveries')).stdout).toContain('muted until 2026-01-02 06:30 UTC');
    await project.tell([receivers.pagerduty(pagerduty.url), receivers.webhook()], {
      route: { ...nights.route, routes: nights.route.routes.map((each) => ({ ...each, mute_times: [] })) },
    });
    await project.dqReport(0);
    expect(hooked()).toEqual(['open opened']);
    expect(paged()).toEqual(['trigger error']);
  });

  test('holds nothing that may have arrived, and who retries it is told so', async () => {
    await project.run(3, { [client]: failing(5) });
    webhook.failNext({ status: 500 });
    await project.run(4, { [client]: failing(500) });
    const { stdout: listed } = await project.dqReport(24, 'deliveries', '--format', 'json');
    const [{ id, state }] = JSON.parse(listed).deliveries;
    expect(state).toBe('uncertain');
    const { stdout } = await project.dqReport(24, 'deliveries', 'retry', id);
    expect(stdout).toContain('It is due: the next run sends it');
    expect(stdout).not.toContain('muted until');
    await project.dqReport(24, 'deliveries', 'flush');
    expect(hooked()).toEqual(['open opened', 'update worsened', 'update worsened']);
  });

  test('says of what it holds why it was not sent before, also where there was news since', async () => {
    await project.run(0, { [client]: failing(5) });
    webhook.failNext({ status: 503 });
    await project.run(3, { [day]: 'pass' });
    const { stderr } = await project.run(24, { [client]: failing(500) });
    expect(stderr).toContain(
      '1 message to hook (webhook), not sent yet: The webhook answered with HTTP status 503. Now it is muted until 2026-01-03 08:00 UTC.',
    );
  });

  test('is spent with the newest figures, also where a message cannot be changed', async () => {
    await project.run(0, { [client]: failing(5) });
    await project.run(1, { [client]: failing(7) });
    await project.run(3, { [day]: 'pass' });
    expect(hooked()).toEqual(['open opened']);
    expect(JSON.parse(webhook.asked[0]?.body ?? '{}').notices).toMatchObject([
      {
        at: project.hour(1).toISOString(),
        incident: { failures: 7, runs: 2 },
        cause: { message: ['7 rows without a value'] },
      },
    ]);
  });

  test('holds what was tried in vain before, and says so', async () => {
    await project.run(0, { [client]: failing(5) });
    webhook.failNext({ status: 503 });
    expect(await project.run(3, { [day]: 'pass' })).toMatchObject({ exit: 3 });
    await project.built(24, { [day]: 'pass' });
    expect((await project.dqReport(24, '--dry-run')).stdout).toContain('nobody would be told');
    const { exit, stderr } = await project.dqReport(24);
    expect([exit, hooked()]).toEqual([3, ['open opened']]);
    expect(stderr).toContain(
      '1 message to hook (webhook), not sent yet: The webhook answered with HTTP status 503. Now it is muted until 2026-01-03 08:00 UTC.',
    );
    expect(await project.run(27, { [day]: 'pass' })).toMatchObject({ exit: 0, stderr: '' });
    expect(hooked()).toEqual(['open opened', 'open opened']);
  });
});

describe('the report', () => {
  test('in JSON says what was sent', async () => {
    const { deliveries } = JSON.parse((await project.run(0, { [client]: failing(5) }, '--format', 'json')).stdout);
    expect(deliveries).toEqual(
      ['data', 'pager', 'hook'].map((receiver) =>
        expect.objectContaining({ receiver, action: 'open', state: 'sent', reason: null }),
      ),
    );
  });

  test('is written also when nobody can be told, because there is no state, and the run counts for nothing', async () => {
    const { exit, stdout, stderr } = await project.run(0, { [client]: failing(5) }, '--state', 'none');
    expect(exit).toBe(2);
    expect(stdout).toContain('orders_have_a_client');
    expect(stderr).toContain('Nobody was told: the configuration has receivers, but incidents are not remembered here');
  });

  test('is written also when a secret is missing, and a later call tells what this one could not', async () => {
    const { env } = project;
    project.env = { DQ_REPORT_STATE: '' };
    const { exit, stdout, stderr } = await project.run(0, { [client]: failing(5) });
    expect(exit).toBe(2);
    expect(stdout).toContain('orders_have_a_client');
    expect(stderr).toContain('Receiver data (slack): the variable SLACK_BOT_TOKEN is not set.');
    expect(stderr).toContain('Receiver hook (webhook): the variable HOOK_URL is not set.');
    expect(stderr).toContain(
      'Nobody was told, and nothing was remembered.\n  Mend that, then run `dq-report` again: unless this run was counted before, it is counted and told then.\n',
    );
    project.env = env;
    await project.dqReport(0);
    expect(hooked()).toEqual(['open opened']);
  });

  test('goes to all whose secrets are there, and waits for the one whose secret is missing', async () => {
    const { env } = project;
    const { PAGERDUTY_ROUTING_KEY: _, ...rest } = env;
    project.env = rest;
    const { exit, stdout, stderr } = await project.run(0, { [client]: failing(5) });
    expect(exit).toBe(2);
    expect(stdout).toContain('Told: data (slack) 1 new; hook (webhook) 1 new.');
    expect(stderr).toContain('1 message to pager (pagerduty), not sent yet: A secret of the receiver is missing.');
    expect(stderr).toContain('Receiver pager (pagerduty): the variable PAGERDUTY_ROUTING_KEY is not set.');
    project.env = env;
    expect(await project.run(1, { [client]: failing(5) })).toMatchObject({ exit: 1, stderr: '' });
    expect(paged()).toEqual(['trigger error']);
    expect(hooked()).toEqual(['open opened']);
  });

  test('and everything else keeps the secrets', async () => {
    const leak = (line: string): boolean => /canary|127\.0\.0\.1/.test(line.replaceAll(slack.url.slice(7), ''));
    for (const status of [400, 401, 404, 500, 503]) {
      const told = { status, body: `canary ${SECRETS.SLACK_BOT_TOKEN}` };
      slack.failNext(told);
      webhook.failNext(told);
      const { stdout, stderr } = await project.run(status / 100, { [client]: failing(10 ** (status / 100)) });
      const { stdout: listed } = await project.dqReport(3, 'deliveries', '--all', '--format', 'json');
      expect([stdout, stderr, listed].map(leak)).toEqual([false, false, false]);
    }
  }, 30_000);
});

test('the story of an incident says what its newest alert says, and who was told', async () => {
  await project.run(0, { [client]: failing(5) });
  const { incidents } = JSON.parse((await project.dqReport(0, 'incidents', '--format', 'json')).stdout);
  const shown = await project.dqReport(0, 'incidents', 'show', incidents[0].id);
  expect(shown.stdout).toContain('\n  5 rows without a value\n  owner: nobody named');
  expect(shown.stdout).toMatch(/told: (?:\w+ \(\w+\) 2026-01-02 06:01 UTC(?:, |\n)){3}/);
  const { told } = JSON.parse(
    (await project.dqReport(0, 'incidents', 'show', incidents[0].id, '--format', 'json')).stdout,
  );
  expect(told).toHaveLength(3);
});

test('a receiver that was told and has left the configuration is named at once, and what it must end by hand', async () => {
  await project.run(0, { [client]: failing(5) });
  await project.tell([receivers.webhook()]);
  const told = async (hour: number, result: ResultOf): Promise<string> =>
    (await project.run(hour, { [client]: result })).stdout.replaceAll(/\s+/g, ' ');
  expect(await told(1, failing(5))).toContain(
    'pager (pagerduty) was told of alerts and is not in the configuration any more. 1 open incident will not be ended there: if it has another name now, give it the old one back.',
  );
  expect(await told(2, 'pass')).toContain(
    'pager (pagerduty) was told of alerts and is not in the configuration any more. End by hand there: orders_have_a_client on orders.',
  );
  expect(await told(3, 'pass')).not.toContain('pager');
});

test('an environment that no run looks at any more is named while it has open incidents', async () => {
  await project.run(0, { [client]: failing(5) });
  const inProd = async (hour: number): Promise<string> =>
    (await project.run(hour, { [day]: 'pass' }, '--environment', 'prod')).stdout.replaceAll(/\s+/g, ' ');
  expect(await inProd(24)).not.toContain('environment');
  expect(await inProd(24 * 9)).toContain(
    'Without an environment 1 incident is still open, and no run has looked since 2026-01-02 06:01 UTC.',
  );
  await project.run(24 * 10, { [client]: 'pass' }, '--environment', '');
  expect(paged()).toEqual(['trigger error', 'resolve']);
  expect(await inProd(24 * 20)).not.toContain('still open');
});
