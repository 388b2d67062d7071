import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { outputJson } from 'fs-extra/esm';
import { type CliResult, dqReport } from '../cli.ts';
import { failing } from '../incidents/runs.ts';
import { columnTest, manifestJson, type Project, runResultsJson } from '../project.ts';

const shop: Project = {
  'group.finance': { owner: { name: 'Finance' } },
  'model.orders': { config: { group: 'finance', tags: ['daily'] } },
  'model.clients': {},
  'test.orders_id': columnTest('unique', 'model.orders', 'id', { tags: ['business_critical'] }),
  'test.clients_id': columnTest('unique', 'model.clients', 'id'),
};

const file = `
receivers: [{ name: data }, { name: pager }, { name: finance }]
route:
  receiver: data
  routes:
    - matchers: [severity="critical"]
      receiver: pager
      continue: true
    - matchers: ['owner=~"fin.*|Fin.*"']
      receiver: finance
      mute_times: [mornings]
time_intervals:
  - name: mornings
    time_intervals: [{ times: [{ start_time: 06:00, end_time: 08:00 }] }]
`;

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'dq-report-routes-'));
  await writeFile(join(cwd, 'dbt_project.yml'), 'name: shop\n');
  await writeFile(join(cwd, 'dq-report.yml'), file);
  await writeFile(join(cwd, 'none.yml'), 'fail_on: never\n');
  await outputJson(join(cwd, 'target/manifest.json'), manifestJson(shop));
  await outputJson(
    join(cwd, 'target/run_results.json'),
    runResultsJson({ 'test.orders_id': failing(3), 'test.clients_id': failing(1) }),
  );
  await outputJson(join(cwd, 'green/run_results.json'), runResultsJson({ 'test.clients_id': 'pass' }));
});
afterAll(() => rm(cwd, { recursive: true }));

const routes = (...args: readonly string[]): Promise<CliResult> => dqReport(['routes', 'test', ...args], { cwd });

describe('routes test', () => {
  test('shows who would be told of the causes of the last run, by which routes, and until when they wait', async () => {
    expect(await routes()).toEqual({
      exit: 0,
      stderr: '',
      stdout: `CRITICAL  orders_id on orders
  → pager    route > severity="critical"
  → finance  route > owner=~"fin.*|Fin.*"  (muted until 2026-01-02 08:00 UTC)

ERROR     clients_id on clients
  → data     route
`,
    });
  });

  test('shows the labels when asked', async () => {
    const { stdout } = await routes('--verbose', '--environment', 'prod');
    expect(stdout).toContain(
      'severity="critical" category="business_critical" kind="test_failed" owner="Finance" group="finance" tag="business_critical" tag="daily" package="shop" path="models/orders.sql" resource_type="test" model="orders" test="orders_id" test="unique" environment="prod"',
    );
  });

  test('takes labels by hand, where nothing needs to have run', async () => {
    expect((await routes('severity=critical', 'owner="Bo"', '--target-path', 'nowhere')).stdout).toBe(
      '  severity="critical" owner="Bo"\n  → pager    route > severity="critical"\n',
    );
    expect((await routes('owner=x', 'owner=finance')).stdout).toContain('→ finance');
  });

  test('speaks JSON', async () => {
    const { causes } = JSON.parse((await routes('--format', 'json')).stdout);
    expect(causes).toMatchObject([
      {
        unique_id: 'test.shop.orders_id',
        title: 'orders_id on orders',
        severity: 'critical',
        labels: { owner: ['Finance'], error_class: [] },
        receivers: [
          { receiver: 'pager', route: ['route', 'severity="critical"'], muted_until: null },
          { receiver: 'finance', muted_until: '2026-01-02T08:00:00.000Z' },
        ],
      },
      { receivers: [{ receiver: 'data', route: ['route'] }] },
    ]);
  });

  test('says that nobody is told where there are no routes, and no causes', async () => {
    expect((await routes('--config', join(cwd, 'none.yml'))).stdout).toContain('no routes: nobody is told');
    expect((await routes('--target-path', 'green')).stdout).toContain('No causes');
  });
});

describe('--expect', () => {
  test.each([
    [['--expect', 'data,pager,finance'], 0, ''],
    [['--expect', 'finance, data ,pager'], 0, ''],
    [['--expect', 'data,pager'], 1, 'Expected data, pager, but the routes lead to pager, finance, data.\n'],
    [['severity=critical', '--expect', 'pager'], 0, ''],
    [
      ['severity=critical', 'owner=Finance', '--expect', 'pager'],
      1,
      'Expected pager, but the routes lead to pager, finance.\n',
    ],
    [
      ['severity=error', '--expect', 'dta'],
      2,
      '--expect names a receiver `dta`, which the configuration does not have.\n  Did you mean `data`? It has: data, pager, finance.\n',
    ],
    [
      ['severity=crit', '--expect', 'data'],
      2,
      'severity is never `crit`.\n  It is one of: critical, error, warning.\n',
    ],
    [['--target-path', 'green', '--expect', 'data'], 1, 'Expected data, but the routes lead to no receiver.\n'],
    [['--target-path', 'green', '--expect', ''], 0, ''],
  ])('%j ends with %i', async (args, exit, expected) => {
    expect(await routes(...args)).toMatchObject({ exit, stderr: expected });
  });
});

describe('a mistake is answered by a sentence and exit code 2:', () => {
  test.each([
    [['severty=critical'], 'There is no label `severty`.'],
    [['severity!=critical'], 'A label is given with =, not with !=.'],
    [['critical'], '`critical` is no matcher'],
    [['--format', 'yaml'], '--format does not know `yaml`.'],
  ])('%j', async (args, expected) => {
    const { exit, stderr } = await routes(...args);
    expect(exit).toBe(2);
    expect(stderr).toContain(expected);
  });
});
