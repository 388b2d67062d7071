import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noManifest } from '../../src/artifacts/manifest.ts';
import { partsOf } from '../../src/artifacts/unique-id.ts';
import { parseManifest } from '../../src/artifacts/read-manifest.ts';
import { mergeRun } from '../../src/artifacts/merge-run.ts';
import { readRun } from '../../src/artifacts/read-run.ts';
import { parseRunResults } from '../../src/artifacts/run-results.ts';
import { instantOf, type Run } from '../../src/artifacts/run.ts';
import { parseSources } from '../../src/artifacts/sources.ts';
import { readStatus } from '../../src/artifacts/status.ts';
import { classify } from '../../src/findings/classify.ts';
import { noRules } from '../../src/findings/rules.ts';
import { aManifest, manifestJson, type Project } from '../project.ts';

interface FileOptions {
  /** Hour of 2026-01-02 at which the file was written, `6` or `'06:00:30.000000001'`; null for none. */
  readonly at?: number | string | null;
  readonly started?: string;
  readonly which?: string;
  readonly id?: string | null;
  readonly target?: string;
  readonly path?: string;
  readonly elapsed?: unknown;
  /** dbt's other settings. */
  readonly args?: object;
}

const clock = (at: number | string): string =>
  `2026-01-02T${typeof at === 'number' ? `${String(at).padStart(2, '0')}:00:00` : at}Z`;

function runFile(
  results: Readonly<Record<string, string>> | readonly unknown[],
  {
    at = 6,
    started,
    which = 'build',
    id = 'run-1',
    target,
    path = 'run_results.json',
    elapsed = 30,
    args = {},
  }: FileOptions = {},
) {
  const entries = Array.isArray(results)
    ? results
    : Object.entries(results).map(([uniqueId, status]) => ({ unique_id: uniqueId, status }));
  return parseRunResults({
    path,
    value: {
      metadata: {
        dbt_version: '1.11.16',
        invocation_id: id,
        generated_at: at === null ? null : clock(at),
        invocation_started_at: started,
      },
      elapsed_time: elapsed,
      args: { which, target, ...args },
      results: entries,
    },
  });
}

function sourcesFile(results: Readonly<Record<string, string>> | readonly unknown[], at: number | string | null = 5) {
  const entries = Array.isArray(results)
    ? results
    : Object.entries(results).map(([id, status]) => ({ unique_id: id, status }));
  return parseSources({
    path: 'sources.json',
    value: { metadata: { generated_at: typeof at === 'number' ? clock(at) : at }, results: entries },
  });
}

const rule = { freshness: { warn_after: { count: 12, period: 'hour' } } };
const shop: Project = {
  'source.web.events': rule,
  'source.web.clients': rule,
  'source.web.unruled': { freshness: { warn_after: { count: null, period: null }, error_after: null } },
  'model.a': { reads: ['source.web.events'] },
  'model.b': { reads: ['model.a'] },
  'test.t': { reads: ['model.a'] },
  'exposure.board': { reads: ['model.b'], owner: { name: 'Ana' } },
};
const noFreshness: Project = { 'model.a': {}, 'model.b': { reads: ['model.a'] }, 'test.t': { reads: ['model.a'] } };

function merged({
  files = [runFile({ 'model.shop.a': 'success' })],
  ...rest
}: Partial<Parameters<typeof mergeRun>[0]> & { files?: readonly ReturnType<typeof runFile>[] }): Run {
  return mergeRun({ runResults: files, sources: null, manifest: aManifest(noFreshness), environment: null, ...rest });
}

function statuses(run: Run): Record<string, string> {
  return Object.fromEntries(run.results.map(({ uniqueId, status }) => [uniqueId, status]));
}

function notes(run: Run): readonly string[] {
  return run.notes.map(({ code, message }) => `${code}: ${message}`);
}

describe('several run_results.json', () => {
  const run = runFile(
    { 'model.shop.a': 'success', 'model.shop.b': 'error', 'test.shop.t': 'skipped' },
    { at: 6, which: 'run', id: 'run-1' },
  );
  const retry = runFile({ 'model.shop.b': 'success' }, { at: 7, which: 'run', id: 'run-2' });
  const tests = runFile({ 'test.shop.t': 'fail' }, { at: 8, which: 'test', id: 'run-3' });

  test('merge by node, the newest file wins, in whatever order they are given', () => {
    for (const files of [
      [run, retry, tests],
      [tests, retry, run],
      [retry, run, tests],
    ]) {
      const result = merged({ files });
      expect(statuses(result)).toEqual({ 'model.shop.a': 'success', 'model.shop.b': 'success', 'test.shop.t': 'fail' });
      expect(result).toMatchObject({ invocationIds: ['run-1', 'run-2', 'run-3'], generatedAt: clock(8) });
    }
    expect(
      merged({ files: [run, retry] }).results.find(({ uniqueId }) => uniqueId === 'model.shop.b')?.invocationId,
    ).toBe('run-2');
  });

  test('given twice are one invocation', () => {
    expect(merged({ files: [run, run] }).invocationIds).toEqual(['run-1']);
    expect(merged({ files: [runFile({ 'model.shop.a': 'success' }, { id: null })] }).invocationIds).toEqual([]);
  });

  test('last as long as all of them together, by the clock where they say when they began', () => {
    const withStart = runFile({}, { started: '2026-01-02T05:59:00.5+00:00' });
    expect(merged({ files: [withStart] }).durationSeconds).toBe(59.5);
    expect(merged({ files: [withStart, runFile({}), runFile({}, { elapsed: null })] }).durationSeconds).toBe(89.5);
    expect(merged({ files: [runFile({}, { elapsed: 'long' })] }).durationSeconds).toBeNull();
    // A clock that was set back.
    expect(merged({ files: [runFile({}, { started: '2026-01-02T09:00:00Z' })] }).durationSeconds).toBe(30);
  });

  test('have the environment of the flag, else the target of the newest', () => {
    const files = [runFile({}, { at: 6, target: 'dev' }), runFile({}, { at: 7, target: 'prod' })];
    expect(merged({ files }).environment).toBe('prod');
    expect(merged({ files, environment: 'staging' }).environment).toBe('staging');
    expect(merged({}).environment).toBeNull();
  });
});

describe('a command that tests nothing', () => {
  const failed = runFile({ 'model.shop.a': 'success', 'test.shop.t': 'fail' }, { at: 6 });

  test.each(['generate', 'compile', 'show', 'run-operation', 'list', 'a-command-of-tomorrow'])(
    '%s never resolves anything',
    (which) => {
      const later = runFile(
        { 'model.shop.a': 'success', 'test.shop.t': 'success', 'model.shop.b': 'skipped' },
        { at: 9, which, id: 'docs', path: 'later.json' },
      );
      const run = merged({ files: [failed, later] });
      expect(statuses(run)).toEqual({ 'model.shop.a': 'success', 'test.shop.t': 'fail' });
      expect(run).toMatchObject({ invocationIds: ['run-1'], generatedAt: clock(6) });
      const command = which === 'generate' ? 'docs generate' : which;
      expect(notes(run)).toEqual([
        `not_a_test_run: later.json was written by \`dbt ${command}\`, which tests nothing: only its errors count.`,
      ]);
    },
  );

  test('still counts where it failed', () => {
    const compile = runFile({ 'model.shop.a': 'error', 'test.shop.t': 'success' }, { at: 9, which: 'compile' });
    expect(statuses(merged({ files: [failed, compile] }))).toEqual({ 'model.shop.a': 'error', 'test.shop.t': 'fail' });
  });

  test.each(['build', 'test', 'run', 'seed', 'snapshot', 'retry', 'clone'])('is not %s', (which) => {
    expect(statuses(merged({ files: [runFile({ 'test.shop.t': 'pass' }, { which })] }))).toEqual({
      'test.shop.t': 'pass',
    });
  });

  test('is taken for a run if it has no name, as from other writers', () => {
    const file = parseRunResults({ path: 'x', value: { results: [{ unique_id: 'test.shop.t', status: 'pass' }] } });
    expect(merged({ files: [file] })).toMatchObject({ results: [{ status: 'pass' }], notes: [] });
  });

  test('is refused, with a sources.json beside it too: no freshness makes up for a build that was overwritten', () => {
    const docs = runFile({ 'test.shop.t': 'success' }, { which: 'generate' });
    const sources = sourcesFile({ 'source.shop.web.events': 'pass' });
    for (const beside of [{}, { manifest: aManifest(shop), sources }]) {
      expect(() => merged({ files: [docs], ...beside })).toThrow(
        'run_results.json was written by `dbt docs generate`, which runs no model and no test.',
      );
    }
  });
});

describe('sources.json', () => {
  const manifest = aManifest(shop);
  const fresh = { 'source.shop.web.events': 'pass', 'source.shop.web.clients': 'warn' };
  const unchecked = { checked: false, results: [], invocationId: null };

  test('is missing: said where a source has a rule, silent where none has', () => {
    const run = merged({ manifest });
    expect(run.freshness).toEqual(unchecked);
    expect(notes(run)).toEqual([
      'freshness_not_checked: 2 sources with a freshness rule not checked: `dbt build` never does. Run `dbt source freshness` before dq-report.',
    ]);
    expect(classify(run, noRules)).toEqual([]);
    expect(notes(merged({}))).toEqual([]);
  });

  test.each([
    ['an hour before the run', 5, true],
    ['twelve hours before the run began', '2026-01-01T17:00:00Z', true],
    ['a minute earlier than that', '2026-01-01T16:59:00Z', false],
    ['after the run', 23, true],
    ['days after the run', '2026-01-09T00:00:00Z', true],
    ['at a time it does not say', null, true],
  ])('written %s', (_, at, isUsed) => {
    const run = merged({
      files: [runFile({ 'model.shop.a': 'success' }, { at: 6, started: clock(5) })],
      manifest,
      sources: sourcesFile(fresh, at),
    });
    expect(run.freshness.checked).toBe(isUsed);
    expect(notes(run)).toEqual(
      isUsed
        ? []
        : [
            'sources_stale: sources.json is 12 hours older than the run and is not used. Run `dbt source freshness` again before dq-report.',
          ],
    );
  });

  test('of another project is not used', () => {
    const run = merged({ manifest, sources: sourcesFile({ 'source.other.raw.x': 'error' }) });
    expect(run.freshness).toEqual(unchecked);
    expect(notes(run)).toEqual([
      "sources_of_other_project: sources.json knows none of this project's sources and is not used.",
    ]);
  });

  test('with a source that the manifest lacks is used, and says so', () => {
    const run = merged({ manifest, sources: sourcesFile({ ...fresh, 'source.shop.web.gone': 'error' }) });
    expect(run.freshness.results).toHaveLength(3);
    expect(notes(run)).toEqual([
      'sources_not_in_manifest: Sources checked but not in manifest.json: source.shop.web.gone.',
    ]);
  });

  test('that is empty has checked nothing: every source with a rule is unchecked', () => {
    const run = merged({ manifest, sources: sourcesFile({}) });
    expect(classify(run, noRules).map(({ kind, subject }) => `${kind} ${subject.name}`)).toEqual([
      'source_unchecked web.events',
      'source_unchecked web.clients',
    ]);
  });

  test('with entries of no use counts them, and the source twice once', () => {
    const entry = { unique_id: 'source.shop.web.events', status: 'Pass' };
    const run = merged({
      manifest,
      sources: sourcesFile([{ status: 'pass' }, 7, { ...entry, status: 'error' }, entry]),
    });
    expect(run.freshness.results.map(({ status }) => status)).toEqual(['pass']);
    expect(notes(run)).toEqual([
      'unreadable_results: 2 results in sources.json without unique_id or status could not be read.',
    ]);
  });

  test('is enough: after dbt source freshness alone there is no run_results.json', () => {
    const run = merged({ files: [], manifest, sources: sourcesFile(fresh) });
    expect(run).toMatchObject({
      project: 'shop',
      invocationIds: [],
      generatedAt: clock(5),
      durationSeconds: null,
      dbtVersion: '1.11.16',
      results: [],
    });
    expect(run.freshness).toMatchObject({ checked: true, results: [{ status: 'pass' }, { status: 'warn' }] });
    expect(notes(run)).toEqual([]);
  });

  test('is used without a manifest too', () => {
    const run = merged({ manifest: noManifest, sources: sourcesFile(fresh) });
    expect(run.freshness.results).toHaveLength(2);
  });
});

describe('manifest.json', () => {
  test('is missing: names come from ids, and what is not known is said', () => {
    const run = merged({
      files: [
        runFile({
          'test.shop.not_null_orders_id.4f2a91bcde': 'fail',
          'model.shop.a': 'success',
          'model.other_package.x': 'success',
        }),
      ],
      manifest: noManifest,
    });
    expect(run.project).toBe('shop');
    expect(notes(run)).toEqual([
      'no_manifest: There is no manifest.json: owners, lineage, dashboards and unchecked sources are unknown, and nothing can be folded. Keep it beside run_results.json, or name it with --manifest.',
    ]);
    const [finding] = classify(run, noRules);
    expect(finding).toMatchObject({
      kind: 'test_failed',
      subject: { name: 'not_null_orders_id', resourceType: 'test', package: 'shop', path: null },
      test: { name: 'not_null_orders_id', testName: null },
    });
  });

  test('of another project is not used', () => {
    const foreign = parseManifest({
      path: 'm',
      value: {
        metadata: { project_name: 'bank' },
        nodes: { 'model.bank.x': {} },
        exposures: { 'exposure.bank.y': {} },
      },
    });
    const run = merged({ manifest: foreign });
    expect(run.manifest).toBe(noManifest);
    expect(run.project).toBe('shop');
    expect(notes(run)).toEqual([
      'manifest_of_other_project: manifest.json (project bank) knows none of the nodes in run_results.json and is not used: owners, lineage and dashboards are unknown.',
    ]);
  });

  test('of another command is used, and said to be so', () => {
    const run = merged({ files: [runFile({ 'model.shop.a': 'success' }, { id: 'run-2' })] });
    expect(run.manifest.present).toBe(true);
    expect(notes(run)).toEqual([
      'manifest_of_other_invocation: manifest.json was written by another dbt command than run_results.json: lineage and owners may have changed in between.',
    ]);
  });

  test('of any of the commands is fine', () => {
    expect(
      notes(
        merged({
          files: [
            runFile({ 'model.shop.a': 'success' }, { at: 5 }),
            runFile({ 'test.shop.t': 'pass' }, { id: 'run-2' }),
          ],
        }),
      ),
    ).toEqual([]);
  });

  test('lacks nodes that ran: each is named, three at most', () => {
    const files = [
      runFile({
        'model.shop.a': 'success',
        'model.shop.w': 'success',
        'model.shop.x': 'success',
        'model.shop.y': 'success',
        'model.shop.z': 'error',
      }),
    ];
    expect(notes(merged({ files }))).toEqual([
      'nodes_not_in_manifest: 4 results not in manifest.json, so without owner and lineage: model.shop.w, model.shop.x, model.shop.y and 1 more.',
    ]);
  });

  test('answers for its nodes, and only for its own', () => {
    const manifest = parseManifest({
      path: 'm',
      value: {
        nodes: {
          'model.shop.a': {
            description: ' What it is. ',
            meta: { owner: 'top', kept: 1 },
            config: { materialized: 'view', tags: 'nightly', group: 'growth', meta: { owner: 'config' } },
            tags: ['nightly', 'core'],
            columns: { ID: { meta: { owner: 'top' }, config: { meta: { pii: true } } }, odd: 7 },
          },
          'model.shop.b': { depends_on: { nodes: ['model.shop.a', 'model.shop.a', 'model.shop.b', 'macro.dbt.x', 7] } },
          'model.shop.broken': 7,
        },
        sources: [],
        groups: {
          'group.shop.growth': { name: 'growth', owner: { name: 'Growth', email: '', slack_channel: '#growth' } },
          'group.shop.odd': 7,
        },
        exposures: {
          'exposure.shop.x': {
            label: 'X board',
            url: 'https://bi.example/x',
            owner: 'Ana',
            depends_on: { nodes: ['model.shop.b'] },
          },
        },
      },
    });
    expect(manifest.node('model.shop.a')).toMatchObject({
      resourceType: 'model',
      name: 'a',
      package: 'shop',
      path: null,
      description: 'What it is.',
      materialized: 'view',
      tags: ['nightly', 'core'],
      meta: { owner: 'config', kept: 1 },
      group: 'growth',
      test: null,
    });
    expect(manifest.node('model.shop.a')).toBe(manifest.node('model.shop.a'));
    expect(manifest.node('model.shop.a')?.columnMeta('id')).toEqual({ owner: 'top', pii: true });
    expect(manifest.node('model.shop.a')?.columnMeta('odd')).toEqual({});
    expect(manifest.node('model.shop.a')?.columnMeta('none')).toEqual({});
    expect([manifest.has('model.shop.broken'), manifest.node('model.shop.broken')]).toEqual([false, undefined]);
    expect([
      manifest.parents('model.shop.b'),
      manifest.children('model.shop.a'),
      manifest.children('model.shop.b'),
    ]).toEqual([['model.shop.a'], ['model.shop.b'], ['exposure.shop.x']]);
    expect(manifest.group('growth')).toEqual({
      name: 'growth',
      owner: { name: 'Growth', email: null, slack: '#growth' },
    });
    expect(manifest.group('odd')).toBeUndefined();
    expect(manifest.exposures()).toEqual([
      {
        uniqueId: 'exposure.shop.x',
        name: 'x',
        dependsOn: ['model.shop.b'],
        label: 'X board',
        url: 'https://bi.example/x',
        owner: { name: null, email: null, slack: null },
      },
    ]);
  });

  test('reads a circle in its lineage once', () => {
    const manifest = aManifest({
      'model.a': { reads: ['model.c'] },
      'model.b': { reads: ['model.a'] },
      'model.c': { reads: ['model.b'] },
      'exposure.e': { reads: ['model.c'] },
    });
    expect(manifest.ancestors('model.shop.c')).toEqual(['model.shop.b', 'model.shop.a']);
    expect(manifest.descendants('model.shop.a')).toEqual(['model.shop.b', 'model.shop.c', 'exposure.shop.e']);
    expect(manifest.exposuresBelow(['model.shop.b']).map(({ name }) => name)).toEqual(['e']);
  });
});

describe('a run that ended early', () => {
  const settings = { select: [], exclude: [], selector: null, resource_types: [], exclude_resource_types: [] };
  const notesOf = (results: Readonly<Record<string, string>>, args: object, invocation = 'run-1') => {
    const value = {
      metadata: { dbt_version: '1.11.16', invocation_id: invocation },
      args: { which: 'build', ...args },
      results: Object.entries(results).map(([uniqueId, status]) => ({ unique_id: uniqueId, status })),
    };
    return notes(merged({ files: [parseRunResults({ path: 'x', value })] })).map((note) => note.replace(/:.*/, ''));
  };
  const some = { 'model.shop.a': 'success', 'model.shop.b': 'success' };
  const all = { ...some, 'test.shop.t': 'pass' };

  test('is known by what `dbt build` of everything left without a result', () => {
    expect(notesOf(some, settings)).toEqual(['stopped_early']);
    expect(notesOf(all, settings)).toEqual([]);
  });

  test.each<[string, object]>([
    ['a selection', { ...settings, select: ['a+'] }],
    ['an exclusion', { ...settings, exclude: ['t'] }],
    ['a selector', { ...settings, selector: 'nightly' }],
    ['a retry', { ...settings, invocation_command: 'dbt retry' }],
    ['another command', { ...settings, which: 'run' }],
    ['settings that are not written down', {}],
  ])('is not suspected after %s', (_, args) => {
    expect(notesOf(some, args)).not.toContain('stopped_early');
  });

  test('is not suspected by the manifest of another command', () => {
    expect(notesOf(some, settings, 'run-2')).not.toContain('stopped_early');
  });

  test('at its first failure says so, for what was running then may have failed as well', () => {
    const skipped = { unique_id: 'model.shop.a', status: 'skipped', message: 'Skipping due to fail_fast' };
    expect(merged({ files: [runFile([skipped])] }).notes.map(({ code }) => code)).toEqual(['fail_fast']);
  });
});

describe('results', () => {
  test('that cannot be read are counted', () => {
    const run = merged({
      files: [
        runFile([
          { unique_id: 'model.shop.a', status: 'success' },
          { unique_id: '', status: 'pass' },
          { unique_id: 'x' },
          null,
          [1],
        ]),
      ],
    });
    expect(notes(run)).toEqual([
      'unreadable_results: 4 results in run_results.json without unique_id or status could not be read.',
    ]);
  });

  test('of a status of tomorrow are errors, and named', () => {
    const run = merged({ files: [runFile({ 'model.shop.a': 'Exploded', 'model.shop.b': 'Exploded' })] });
    expect(notes(run)).toEqual([
      'unknown_status: 2 results with a status this version does not know ("Exploded"), counted as errors.',
    ]);
    expect(classify(run, noRules)[0]).toMatchObject({
      kind: 'model_errored',
      severity: 'error',
      message: 'dbt wrote the status "Exploded", which this version does not know.',
    });
  });
});

describe('files on disk', () => {
  let folder = '';
  const path = (name: string): string => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dq-report-run-'));
    await writeFile(
      path('run_results.json'),
      '{"results": [{"unique_id": "model.shop.a", "status": "success", "execution_time": NaN}]}',
    );
    await writeFile(path('manifest.json'), JSON.stringify(manifestJson(shop)));
    await writeFile(
      path('sources.json'),
      '{"results": [{"unique_id": "source.shop.web.events", "status": "pass", "max_loaded_at_time_ago_in_s": -Infinity}]}',
    );
    await writeFile(path('cut.json'), '{"results": [');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('become one run', async () => {
    const run = await readRun(
      {
        projectDir: null,
        targetDir: folder,
        runResults: [path('run_results.json')],
        manifest: path('manifest.json'),
        sources: path('sources.json'),
      },
      { environment: 'prod' },
    );
    expect(run).toMatchObject({
      project: 'shop',
      environment: 'prod',
      results: [{ uniqueId: 'model.shop.a' }],
      freshness: { checked: true },
    });
  });

  test('may be no more than run_results.json', async () => {
    const run = await readRun(
      { projectDir: null, targetDir: folder, runResults: [path('run_results.json')], manifest: null, sources: null },
      { environment: null },
    );
    expect(run).toMatchObject({
      manifest: { present: false },
      freshness: { checked: false },
      notes: [{ code: 'no_manifest' }],
    });
  });

  test.each([
    ['the project file says', 'name: shop_of_ours\n', 'shop_of_ours'],
    ['most results are named, where it cannot be read', 'name: [', 'shop'],
  ])('without a manifest are of the project that %s', async (_, text, project) => {
    await writeFile(path('dbt_project.yml'), text);
    const run = await readRun(
      { projectDir: folder, targetDir: folder, runResults: [path('run_results.json')], manifest: null, sources: null },
      { environment: null },
    );
    expect(run.project).toBe(project);
  });

  test.each(['runResults', 'manifest', 'sources'])('of which %s is cut off are no run at all', async (which) => {
    const whole = {
      projectDir: null,
      targetDir: folder,
      runResults: [path('run_results.json')],
      manifest: path('manifest.json'),
      sources: path('sources.json'),
    };
    const broken = which === 'runResults' ? [path('run_results.json'), path('cut.json')] : path('cut.json');
    await expect(readRun({ ...whole, [which]: broken }, { environment: null })).rejects.toThrow(
      'cut.json ends in the middle.',
    );
  });
});

test.each([
  ['2026-01-02T06:00:00Z', 0],
  ['2026-01-02T06:00:00.123456Z', 123],
  ['2026-01-02T06:00:00.123456789Z', 123],
  ['2026-01-02T08:00:00.5+02:00', 500],
  ['2026-01-02T08:00:00+0200', 0],
  ['2026-01-02T06:00:00.250', 250],
  ['yesterday', null],
  ['', null],
  [null, null],
])('the instant of %j', (timestamp, milliseconds) => {
  expect(instantOf(timestamp)).toBe(milliseconds === null ? null : Date.parse('2026-01-02T06:00:00Z') + milliseconds);
});

test.each([
  ['model.shop.orders', 'model', 'shop', 'orders'],
  ['model.shop.orders.v2', 'model', 'shop', 'orders.v2'],
  ['source.shop.web.events', 'source', 'shop', 'web.events'],
  ['test.shop.not_null_orders_id.4f2a91bcde', 'test', 'shop', 'not_null_orders_id'],
  ['test.shop.orders_are_paid', 'test', 'shop', 'orders_are_paid'],
  ['test.shop.4f2a91bcde', 'test', 'shop', '4f2a91bcde'],
  ['unit_test.shop.orders.sums', 'unit_test', 'shop', 'orders.sums'],
  ['operation.shop.shop-on-run-start-0', 'operation', 'shop', 'shop-on-run-start-0'],
  ['nonsense', 'nonsense', null, 'nonsense'],
])('the parts of %s', (uniqueId, resourceType, packageName, name) => {
  expect(partsOf(uniqueId)).toEqual({ resourceType, package: packageName, name });
});

test.each([
  ['Pass', 'pass'],
  ['RUNTIME ERROR', 'runtime error'],
  [' partial success ', 'partial success'],
  ['no-op', 'no-op'],
  ['', 'unknown'],
  ['unknown', 'unknown'],
])('the status %j is read as %s', (written, status) => {
  expect(readStatus(written)).toBe(status);
});

describe('a part of the work', () => {
  const part = (args: object, which = 'build') => {
    const value = { metadata: {}, results: [{ unique_id: 'test.shop.t', status: 'pass' }], args: { which, ...args } };
    return notes(merged({ files: [parseRunResults({ path: 'run_results.json', value })] })).filter((note) =>
      note.startsWith('part_of_the_work'),
    );
  };

  test.each<[string, object, string, string]>([
    ['dbt test alone', {}, 'test', 'This is `dbt test` alone; what `dbt run` says is not in it.'],
    ['dbt run alone', {}, 'run', 'This is `dbt run` alone; what `dbt test` says is not in it.'],
    ['a selection', { select: ['stg+'], exclude: [] }, 'build', 'a part of the project only (--select stg+)'],
    ['a retry', { select: [], invocation_command: 'dbt retry' }, 'build', 'a part of the project only (dbt retry)'],
  ])('is named: %s', (_, args, which, sentence) => {
    expect(part(args, which).join()).toContain(sentence);
  });

  test('is not what a whole build is, nor two commands together', () => {
    expect(part({ select: [], exclude: [] })).toEqual([]);
    const files = [
      runFile({ 'test.shop.t': 'pass' }, { which: 'run' }),
      runFile({ 'test.shop.t': 'pass' }, { which: 'test' }),
    ];
    expect(notes(merged({ files })).join()).not.toContain('part_of_the_work');
  });
});

test('of two results that nobody can put in order, the failure counts', () => {
  const twice = {
    path: 'run_results.json',
    value: {
      metadata: {},
      args: { which: 'build' },
      results: [
        { unique_id: 'test.shop.t', status: 'fail' },
        { unique_id: 'test.shop.t', status: 'pass' },
      ],
    },
  };
  expect(merged({ files: [parseRunResults(twice)] }).results).toMatchObject([{ status: 'fail' }]);
  const fail = runFile({ 'test.shop.t': 'fail' });
  const pass = runFile({ 'test.shop.t': 'pass' });
  const undated = runFile({ 'test.shop.t': 'fail' }, { at: null });
  for (const files of [
    [fail, pass],
    [pass, fail],
    [undated, pass],
  ])
    expect(merged({ files }).results).toMatchObject([{ status: 'fail' }]);
});
