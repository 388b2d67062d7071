import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Faults, generateEvents } from '../../demo/generate-events.ts';
import { dqReport } from '../cli.ts';
import { expectStoryIn } from './story.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const originalEvents = resolve(root, '../shared/seed/events');
const bin = process.platform === 'win32' ? 'Scripts' : 'bin';
const dbtIsThere = existsSync(join(root, '.venv', bin));

/** Seven dbt commands and a build. */
const TIMEOUT = 300_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dq-report-demo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function demo(...args: readonly string[]): Promise<{ code: number; output: string }> {
  const started = run(process.execPath, ['demo/run.ts', ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
  });
  const code = (): number => started.child.exitCode ?? -1;
  return started.then(
    ({ stdout, stderr }) => ({ code: code(), output: stdout + stderr }),
    (error: { stdout: string; stderr: string }) => ({ code: code(), output: error.stdout + error.stderr }),
  );
}

/** Failures by test, of the run whose artifacts lie in a folder. */
async function failuresIn(target: string): Promise<Record<string, number>> {
  const { results }: { results: { unique_id: string; status: string; failures: number }[] } = JSON.parse(
    await readFile(join(target, 'run_results.json'), 'utf8'),
  );
  const failed = results.filter(({ status }) => status === 'warn' || status === 'fail');
  return Object.fromEntries(failed.map(({ unique_id: uniqueId, failures }) => [uniqueId.split('.')[2], failures]));
}

/** One number, asked of the database that the demo built. */
async function count(kept: string, query: string): Promise<number> {
  const python = `import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).execute(sys.argv[2]).fetchone()[0])`;
  const { stdout } = await run(join(root, '.venv', bin, 'python'), [
    '-c',
    python,
    join(kept, 'web_shop.duckdb'),
    query,
  ]);
  return Number(stdout);
}

/** How many orders do not match when each is compared with the lines of its own client, on the data of a kept run. */
async function failuresPerOrder(kept: string): Promise<number> {
  const project = join(folder, 'per-order');
  await cp(join(root, 'demo'), project, {
    recursive: true,
    filter: (path) => !/[/\\](?:runs|data|saved|dbt_packages|target|logs)(?:[/\\]|$)/.test(path),
  });
  await mkdir(join(project, 'dbt_packages'));
  await symlink(root, join(project, 'dbt_packages', 'dq_report'));
  await writeFile(join(project, 'packages.yml'), `packages:\n  - local: ${JSON.stringify(root)}\n`);
  const path = join(project, 'models/intermediate/int_web_checkout_completed_attribution.yml');
  const yaml = await readFile(path, 'utf8');
  const items = "items: ref('int_web_checkout_completed_order_details')\n";
  const perOrder = yaml.replace(items, `${items}                key_columns: [transaction_id, client_id]\n`);
  expect(perOrder).not.toBe(yaml);
  await writeFile(path, perOrder);
  await run(join(root, '.venv', bin, 'dbt'), ['test', '--select', 'revenue_matches_item_sum'], {
    cwd: project,
    env: { ...process.env, DBT_PROFILES_DIR: '.', WEB_SHOP_DATABASE: join(kept, 'web_shop.duckdb') },
  });
  const { revenue_matches_item_sum: failures = 0 } = await failuresIn(join(project, 'target'));
  return failures;
}

(dbtIsThere ? describe : describe.skip)('npm run demo', () => {
  test(
    'finds the known faults in the events it generates, and tells them until they are mended',
    async () => {
      const kept = join(folder, 'generated');
      const { code, output } = await demo('--keep', kept);
      expect({ code, output }).toMatchObject({ code: 0 });
      const faults = {
        event_columns_as_declared: 1,
        client_id_present_in_events: 154,
        client_id_present_in_sessions: 154,
        referrer_present_every_day: 5,
        transaction_id_used_once: 4,
        revenue_matches_item_sum: 16,
        item_revenue_present_in_order_details: 11,
        checkout_started_before_completed: 30,
        funnel_steps_in_order: 4,
        every_purchase_has_a_channel: 14,
      };
      const { every_purchase_has_a_channel: _, ...left } = faults;
      expect(await failuresIn(join(kept, 'day-1/target'))).toEqual(faults);
      expect(await failuresIn(join(kept, 'day-2/target'))).toEqual({
        ...left,
        revenue_matches_item_sum: 38,
        // The clients that are known again were part of it.
        checkout_started_before_completed: 16,
      });
      expect(await failuresIn(join(kept, 'day-3/target'))).toEqual({});

      expect(output).toContain('ERROR STALE freshness of web.events');
      const [, closing = 'nothing'] = /Done\. (PASS=.*)/.exec(output) ?? [];
      expect(output).toContain(`\ndbt: ${closing.trim()}\n`);
      expect(output).toContain('10 causes behind 12 findings, worst first');
      expect(output.replaceAll(/\s+/g, ' ')).toContain('16 of 60 orders (26.7 %) · ');
      await expectStoryIn(kept, output);

      const { stdout } = await dqReport(
        ['--project-dir', 'demo', '--target-path', join(kept, 'day-1/target'), '--format', 'json', '--state', 'none'],
        { cwd: root },
      );
      const report: { exposures: { name: string; verdict: string }[] } = JSON.parse(stdout);
      expect(Object.fromEntries(report.exposures.map(({ name, verdict }) => [name, verdict]))).toEqual({
        finance_revenue_dashboard: 'wrong',
        growth_funnel_board: 'wrong',
        marketing_roas_dashboard: 'late',
      });
    },
    TIMEOUT,
  );

  (existsSync(originalEvents) ? test : test.skip)(
    'finds the figures of the original events (needs ../shared/seed/events)',
    async () => {
      const kept = join(folder, 'original');
      const { code, output } = await demo('--events', originalEvents, '--keep', kept);
      expect(code).toBe(0);
      expect(output.replaceAll(/\s+/g, ' ')).toContain(
        '77 of 294 orders (26.2 %) · 64,569.00 of 294,461.40 revenue not in lines · 8 with a duplicated key · 59 with a line without revenue · 18 with lines above the revenue · 59 with lines below the revenue · 12 days from 2025-02-23 to 2025-03-08',
      );
      expect(output.replaceAll(/\s+/g, ' ')).toContain(
        '5 of 14 days (35.7 %) · 16,955 of 49,963 rows · 2025-03-04 to 2025-03-08 (5 days)',
      );
      expect(output.replaceAll(/\s+/g, ' ')).toContain(
        '1 of 7 columns (14.3 %) · client_id has no value since 2025-02-27, probably renamed to clientId',
      );
      expect(await failuresIn(join(kept, 'day-1/target'))).toMatchObject({
        revenue_matches_item_sum: 77,
        transaction_id_used_once: 4,
        referrer_present_every_day: 5,
        client_id_present_in_events: 2908,
        checkout_started_before_completed: 158,
      });
      expect(await failuresPerOrder(kept)).toBe(72);
      expect(await count(kept, 'select count(*) from int_web_checkout_completed_attribution')).toBe(294);
      expect(await count(kept, 'select count(*) from stg_web_events')).toBe(49_963);
      expect(await count(kept, 'select sum(revenue) from int_web_checkout_completed_attribution')).toBeCloseTo(
        294_461.4,
      );
    },
    TIMEOUT,
  );
});

describe('the demo', () => {
  test(
    'tells the same story on saved artifacts, without Python',
    async () => {
      const { code, output } = await demo('--saved');
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output.match(/^ +- .*$/gm)).toEqual([expect.stringContaining('This run began a new state')]);
      await expectStoryIn(join(root, 'demo/runs/saved'), output);
    },
    TIMEOUT,
  );

  test.each([
    [['--events', 'no/such/folder'], 'is not a folder'],
    [['--events', 'docs'], 'there is no .csv file in'],
    [['--keep', 'no[t]e'], 'DuckDB cannot read from'],
    [['--until', 'yesterday'], '--until'],
    [['--saved', '--events', 'docs'], 'cannot be used with'],
    [['--evnts', 'docs'], "unknown option '--evnts'"],
  ])('answers %j with a sentence', async (args, sentence) => {
    const { code, output } = await demo(...args);
    expect(code).toBe(2);
    expect(output).toContain(sentence);
    expect(output).not.toMatch(/\n\s+at /);
  });

  test('generates the same events but for the faults that come and go', () => {
    const lines = (faults: Faults): readonly string[] =>
      [...generateEvents({ faults }).values()].flatMap((text) => text.split('\n'));
    const before = lines({ lasting: true, miscounts: false, newClients: true });
    const after = lines({ lasting: true, miscounts: true, newClients: false });
    const changed = after.filter((line, index) => line !== before[index]);
    expect(after).toHaveLength(before.length);
    expect(changed.length).toBeGreaterThanOrEqual(22);
    expect(changed.filter((line) => !line.includes('checkout_completed'))).toEqual([]);
  });

  test('generates nothing of the future', () => {
    const now = new Date('2025-03-08T12:00:00Z');
    const files = generateEvents({ now });
    expect(files.get('events_20250307.csv')).toBe(generateEvents().get('events_20250307.csv'));
    const times = (files.get('events_20250308.csv') ?? '').match(/2025-03-08T[\d:.]+Z/g) ?? [];
    expect(times.length).toBeGreaterThan(10);
    expect(times.filter((time) => Date.parse(time) > now.getTime())).toEqual([]);
  });

  test('generates the same events for the same seed, and others for another', () => {
    expect(generateEvents({ seed: 7 })).toEqual(generateEvents({ seed: 7 }));
    expect([...generateEvents({ seed: 7 }).values()]).not.toEqual([...generateEvents({ seed: 8 }).values()]);
  });
});
