import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { outputFile, outputJson } from 'fs-extra/esm';
import { type CliResult, dqReport } from '../cli.ts';
import { isThere, newDatabase } from '../postgres.ts';
import { failing, shop } from '../incidents/runs.ts';
import { manifestJson, type ResultOf, runResultsJson } from '../project.ts';

const client = 'test.orders_have_a_client';
const day = 'test.revenue_has_a_day';
const defaultState = { DQ_REPORT_STATE: '' };

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'dq-report-incidents-'));
  await writeFile(join(cwd, 'dbt_project.yml'), 'name: shop\n');
});
afterEach(() => rm(cwd, { recursive: true }));

/** What dbt leaves behind, some minutes after six, and what dq-report says then. */
async function build(
  minute: number,
  results: Readonly<Record<string, ResultOf>>,
  ...flags: readonly string[]
): Promise<CliResult> {
  const at = new Date(Date.UTC(2026, 0, 2, 6, minute)).toISOString();
  const json = runResultsJson(results);
  const metadata = { dbt_version: '1.11.16', invocation_id: `run-${minute}`, generated_at: at };
  await outputJson(join(cwd, 'target/run_results.json'), { ...json, metadata });
  await outputJson(join(cwd, 'target/manifest.json'), manifestJson(shop));
  return dqReport(flags, { cwd, env: defaultState });
}

const incidents = (...args: readonly string[]): Promise<CliResult> =>
  dqReport(['incidents', ...args], { cwd, env: defaultState });

describe('a report', () => {
  test('says what is new, worse and mended since the runs before', async () => {
    expect((await build(0, { [client]: failing(5), [day]: failing(2) })).stdout).toContain('worst first: 2 new');
    const { stdout } = await build(1, { [client]: failing(50), [day]: 'pass' });
    expect(stdout).toContain('1 cause, worst first: 1 worse');
    expect(stdout).toContain('since        2026-01-02 06:00 UTC, in 2 runs, worse');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      '1 incident ended ✓ revenue_has_a_day on revenue: mended after 1 failing run, open since 2026-01-02 06:00 UTC',
    );
  });

  test('says the same when it is asked for once more', async () => {
    await build(0, { [day]: 'pass' });
    const first = await build(1, { [client]: failing(5) });
    expect((await build(1, { [client]: failing(5) })).stdout).toBe(first.stdout);
  });

  test('says once that it began a new state, and where', async () => {
    const began = /This run began a new state, in \S+\/\.dq-report\/state\.sqlite/;
    const said = async (...flags: readonly string[]): Promise<boolean> => {
      const { stdout } = await build(0, { [client]: failing(5) }, ...flags);
      return began.test(stdout.replaceAll(/\s+/g, ' '));
    };
    expect(await said('--dry-run')).toBe(false);
    expect(await said()).toBe(true);
    expect(await said()).toBe(false);
  });

  test('names what is still open and was not run', async () => {
    await build(0, { [client]: failing(5) });
    const { stdout, exit } = await build(1, { [day]: 'pass' });
    expect(stdout).toContain('Still open, but not run this time: orders_have_a_client on orders.');
    expect(exit).toBe(0);
  });

  test('tells it to programs and in Markdown too', async () => {
    await build(0, { [client]: failing(5), [day]: failing(2) });
    const { causes, ended } = JSON.parse(
      (await build(1, { [client]: failing(50), [day]: 'pass' }, '--format', 'json')).stdout,
    );
    expect(causes).toMatchObject([
      { state: 'open', change: 'worsened', first_seen: '2026-01-02T06:00:00.000Z', runs: 2 },
    ]);
    expect(ended).toMatchObject([{ change: 'resolved', title: 'revenue_has_a_day on revenue', runs: 1 }]);
    const markdown = (await build(2, { [client]: 'pass', [day]: failing(3) }, '--format', 'markdown')).stdout;
    expect(markdown).toContain('### Causes, worst first: 1 back again');
    expect(markdown).toContain('- ✅ orders_have_a_client on orders: mended after 2 failing runs');
  });

  test('keeps its memory out of git', async () => {
    await build(0, {});
    expect(await readFile(join(cwd, '.dq-report/.gitignore'), 'utf8')).toBe('*\n');
  });

  test('makes no claim about time with --state none', async () => {
    const { stdout } = await build(0, { [client]: failing(5) }, '--state', 'none');
    expect(stdout).toContain('1 cause, worst first\n');
    expect(stdout).not.toContain('since');
    expect((await build(1, { [client]: failing(5) })).stdout).toContain('1 new');
  });

  test('is printed also when its memory cannot be used, which is told after it', async () => {
    await outputFile(join(cwd, '.dq-report/state.sqlite'), 'dear diary, '.repeat(1000));
    const { stdout, stderr, exit } = await build(0, { [client]: failing(5) });
    expect(stdout).toContain('orders_have_a_client on orders');
    expect(stderr).toContain('is damaged or no SQLite file');
    expect(exit).toBe(2);
  });
});

describe('dq-report incidents', () => {
  test('lists what is open and what has ended lately', async () => {
    await build(0, { [client]: failing(5), [day]: failing(2) });
    await build(30, { [client]: failing(5), [day]: 'pass' });
    const { stdout } = await incidents();
    expect(stdout).toMatch(
      /^1 open incident\n {2}[0-9a-f]{12} {2}ERROR {5}orders_have_a_client on orders\n +since 2026-01-02 06:00 UTC \(60 min\), in 2 runs\n\n1 ended\n {2}[0-9a-f]{12} {2}ERROR {5}revenue_has_a_day on revenue\n +mended 2026-01-02 06:30 UTC after 30 min, 1 failing run\n$/,
    );
  });

  test('hides what ended long ago until it is asked for', async () => {
    await build(0, { [client]: failing(5) });
    await build(1, { [client]: 'pass' });
    const later = { cwd, env: defaultState, now: new Date('2026-02-02T07:00:00Z') };
    expect((await dqReport(['incidents'], later)).stdout).toBe(
      'No open incidents.\n\n1 older incident: --all shows them.\n',
    );
    expect((await dqReport(['incidents', '--all'], later)).stdout).toContain('1 ended');
  });

  test('tells the whole story of one', async () => {
    for (const [minute, result] of [failing(5), failing(50), 'pass'].entries())
      await build(minute, { [client]: result });
    const { incidents: listed } = JSON.parse((await incidents('--format', 'json')).stdout);
    const { stdout } = await incidents('show', listed[0].id.slice(0, 6));
    expect(stdout).toContain('latest results ✗✗✓');
    expect(stdout.split('\n').slice(-4)).toEqual([
      '  2026-01-02 06:00 UTC  new: error, 5 failures  (invocation run-0)',
      '  2026-01-02 06:01 UTC  worse: error, 50 failures  (invocation run-1)',
      '  2026-01-02 06:02 UTC  mended: error, 50 failures  (invocation run-2)',
      '',
    ]);
    const story = JSON.parse((await incidents('show', listed[0].id, '--format', 'json')).stdout);
    expect(story.changes.map(({ change }: { change: string }) => change)).toEqual(['opened', 'worsened', 'resolved']);
  });

  test('says in which way it fails, where that has changed', async () => {
    await build(0, { [client]: failing(5) });
    await build(1, { [client]: 'error' });
    const { incidents: listed } = JSON.parse((await incidents('--format', 'json')).stdout);
    const { stdout } = await incidents('show', listed[0].id);
    expect(stdout).toContain('06:01 UTC  failing in another way (test errored): error  (invocation run-1)\n');
    const { changes } = JSON.parse((await incidents('show', listed[0].id, '--format', 'json')).stdout);
    expect(changes).toMatchObject([{ kind: 'test_failed' }, { kind: 'test_errored' }]);
  });

  test.each([
    [['show', 'ffff'], 'There is no incident ffff'],
    [['--format', 'xml'], '--format does not know `xml`.'],
    [['--state', 'none'], 'Nothing is remembered here (state: none).'],
    [['--stat', 'x'], "unknown option '--stat'"],
  ])('answers %j with a sentence', async (args, sentence) => {
    await build(0, {});
    const { exit, stderr } = await incidents(...args);
    expect(exit).toBe(2);
    expect(stderr).toContain(sentence);
  });

  test.each([
    ['incidents', ['incidents']],
    ['incidents show', ['incidents', 'show', 'abc']],
    ['deliveries', ['deliveries']],
    ['deliveries flush', ['deliveries', 'flush']],
  ])('%s takes a state that is not there for a mistake, and makes none', async (_, args) => {
    const path = join(cwd, 'mistyped.sqlite');
    const { exit, stdout, stderr } = await dqReport([...args, '--state', path], { cwd });
    expect({ exit, stdout, stderr }).toEqual({
      exit: 2,
      stdout: '',
      stderr: `There is no state in ${path}.\n  If there should be one, look at --state, DQ_REPORT_STATE and \`state.place\`; else the first \`dq-report\` after a \`dbt build\` begins one.\n`,
    });
    expect(existsSync(path)).toBe(false);
  });

  test('takes a file with nothing of dq-report in it for one without a state, and leaves it as it is', async () => {
    const path = join(cwd, 'other.sqlite');
    const file = new DatabaseSync(path);
    file.exec('create table theirs (x)');
    file.close();
    const before = await readFile(path);
    const { exit, stderr } = await dqReport(['incidents', '--state', path], { cwd });
    expect([exit, stderr]).toEqual([2, expect.stringContaining(`There is no state in ${path}.`)]);
    expect(await readFile(path)).toEqual(before);
  });

  (isThere ? test : test.skip)(
    'takes a PostgreSQL database without a state for a mistake, and makes none',
    async () => {
      const database = await newDatabase();
      const { url } = database;
      const ask = (...args: readonly string[]): Promise<CliResult> => dqReport([...args, '--state', url], { cwd });
      expect((await ask('incidents')).stderr).toMatch(/^There is no state in PostgreSQL 127\.0\.0\.1:5432\/dq_report_/);
      await build(0, { [client]: failing(5) }, '--state', url, '--dry-run');
      expect((await ask('deliveries')).exit).toBe(2);
      expect((await build(0, { [client]: failing(5) }, '--state', url)).stdout).toContain('began a new state');
      expect((await ask('incidents')).stdout).toContain('1 open incident');
      await database.drop();
    },
  );

  test.each(['incidents', 'deliveries'])('%s names the environments there are, for one that no run had', async (of) => {
    await build(0, { [client]: failing(5) }, '--environment', 'prod');
    await build(1, { [client]: failing(5) });
    const ask = (name: string): Promise<CliResult> => dqReport([of, '--environment', name], { cwd, env: defaultState });
    expect(await ask('prd')).toEqual({
      exit: 2,
      stdout: '',
      stderr:
        'No run of environment prd was ever counted.\n  Did you mean `prod`? Known are: prod, runs without an environment.\n',
    });
    expect((await ask('prod')).exit).toBe(0);
  });

  test('lists those of the environment that a report would have, and names others with open ones', async () => {
    await build(0, { [client]: failing(5) }, '--environment', 'prod');
    await build(1, { [day]: failing(2) });
    const ask = (env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CliResult> =>
      dqReport(['incidents', ...args], { cwd, env: { ...defaultState, ...env } });
    const everywhere = await ask({});
    expect([everywhere.stdout.split('\n', 1)[0], everywhere.stderr]).toEqual(['2 open incidents', '']);
    const prod = await ask({ DQ_REPORT_ENVIRONMENT: 'prod' });
    expect(prod.stdout).toContain('1 open incident');
    expect(prod.stderr).toBe(
      'Incidents of runs without an environment are open too: `dq-report incidents --environment ""` lists them.\n',
    );
    const none = await ask({}, '--environment', '');
    expect(none.stdout).toContain('1 open incident');
    expect(none.stderr).toBe(
      'Incidents of environment prod are open too: `dq-report incidents --environment "prod"` lists them.\n',
    );
  });

  test('needs a project or a state', async () => {
    const { exit, stderr } = await dqReport(['incidents'], { cwd: tmpdir(), env: defaultState });
    expect([exit, stderr]).toEqual([
      2,
      'This is no dbt project.\n  Name the project with --project-dir, or the state with --state.\n',
    ]);
  });
});
