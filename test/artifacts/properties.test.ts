import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { noManifest } from '../../src/artifacts/manifest.ts';
import { partsOf } from '../../src/artifacts/unique-id.ts';
import { parseManifest } from '../../src/artifacts/read-manifest.ts';
import { mergeRun } from '../../src/artifacts/merge-run.ts';
import { parseRunResults } from '../../src/artifacts/run-results.ts';
import type { Run } from '../../src/artifacts/run.ts';
import { parseSources } from '../../src/artifacts/sources.ts';
import { explain } from '../../src/causes/explain.ts';
import { ProblemError } from '../../src/errors.ts';
import { classify } from '../../src/findings/classify.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { noRules } from '../../src/findings/rules.ts';

/** Few, so that files meet: nodes of every kind, and ids that are names of JavaScript's own. */
const ids = [
  'model.shop.a',
  'model.shop.b',
  'model.shop.c',
  'model.shop.d.v2',
  'seed.shop.s',
  'snapshot.shop.s',
  'function.shop.f',
  'source.shop.web.events',
  'source.shop.web.clients',
  'test.shop.not_null_a_id.4f2a91bcde',
  'test.shop.unique_b_id.5f2a91bcde',
  'test.shop.singular',
  'unit_test.shop.a.sums',
  'exposure.shop.board',
  'operation.shop.shop-on-run-start-0',
  'macro.shop.grant',
  '__proto__',
  'constructor',
  'test',
  '.',
];
const id = fc.constantFrom(...ids);
/** One of each kind: made up anew each time they would take longer than all the rest. */
const junk = fc.constantFrom<unknown>(
  null,
  '',
  'junk',
  0,
  -1.5,
  1e308,
  true,
  false,
  [],
  {},
  [null],
  [[7]],
  { name: 7 },
  { nodes: 'x' },
  [{ a: {} }],
);
const word = fc.constantFrom(
  'orders',
  'web',
  'events',
  'a',
  'id',
  'business_critical',
  'ana@shop.example',
  '#data',
  'x, y',
  'models.a',
  'sources.web',
  "ref('a')",
  "source('web', 'events')",
  'view',
  'ephemeral',
  '',
);
/** Every status of dbt's; what is none of them counts as failing. */
const fine = ['success', 'pass', 'skipped', 'no-op', 'reused'];
const failing = ['error', 'fail', 'warn', 'partial success', 'runtime error'];
const status = fc.oneof(fc.constantFrom(...fine, ...failing, 'Pass', 'WARN', 'Exploded', ''), fc.string());
const message = fc.constantFrom(
  null,
  '',
  'Skipped',
  'Error',
  'Fail',
  'Got 3 results, configured to fail if >2',
  'Skipping due to fail_fast',
  'Database Error in model a\n  column "x" does not exist',
  '\u001b[31m\u001b[0m',
);
const timestamp = fc.constantFrom(
  '2026-01-02T06:00:00Z',
  '2026-01-02T06:00:00.123456789Z',
  '2026-01-02T07:00:00',
  'yesterday',
  '',
);

/** An object of which each key may be missing, as it should be, or anything, in any order, among keys nobody knows. */
function loose(keys: Arbitraries, certain: Arbitraries = {}): fc.Arbitrary<Record<string, unknown>> {
  const maybe = Object.entries(keys).map(([key, arbitrary]) =>
    fc.oneof(
      { weight: 4, arbitrary: pair(key, arbitrary) },
      { weight: 1, arbitrary: pair(key, junk) },
      { weight: 1, arbitrary: fc.constant([]) },
    ),
  );
  const sure = Object.entries(certain).map(([key, arbitrary]) => pair(key, arbitrary));
  return fc
    .tuple(fc.nat({ max: 7 }), fc.tuple(...maybe, ...sure, pair('a key nobody knows', junk)))
    .map(([turn, pairs]) => Object.fromEntries([...pairs.slice(turn), ...pairs.slice(0, turn)].flat()));
}

type Arbitraries = Readonly<Record<string, fc.Arbitrary<unknown>>>;

function pair(key: string, arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<[string, unknown][]> {
  return arbitrary.map((value) => [[key, value]]);
}

const limit = loose({ count: fc.nat(), period: fc.constantFrom('minute', 'hour', 'day') });
const rule = loose({ warn_after: limit, error_after: limit });
const meta = loose({
  owner: fc.oneof(word, fc.array(word), loose({ name: word, email: fc.array(word) })),
  channel: word,
  subscribers: fc.array(word),
  dq_report: loose({ owner: word, severity: word, category: word }),
});
const result = loose(
  {
    message,
    failures: fc.oneof(fc.integer(), fc.constant('12')),
    timing: fc.array(loose({ started_at: timestamp, completed_at: timestamp }), { maxLength: 2 }),
    batch_results: loose({
      successful: fc.array(junk, { maxLength: 2 }),
      failed: fc.array(fc.tuple(timestamp, timestamp), { maxLength: 5 }),
    }),
  },
  { unique_id: id, status },
);
const node = loose({
  resource_type: fc.constantFrom('model', 'test', 'source', 'unit_test'),
  name: word,
  package_name: word,
  original_file_path: word,
  description: word,
  depends_on: loose({ nodes: fc.array(id, { maxLength: 4 }) }),
  attached_node: id,
  file_key_name: word,
  column_name: word,
  source_name: word,
  model: word,
  tested_node_unique_id: id,
  test_metadata: loose({ name: word, namespace: word, kwargs: loose({ model: word, column_name: word }) }),
  config: loose({ materialized: word, tags: fc.array(word), group: word, meta, freshness: rule }),
  tags: word,
  meta,
  group: word,
  columns: fc.dictionary(word, loose({ meta, config: loose({ meta }) }), { maxKeys: 2 }),
  freshness: rule,
  owner: loose({ name: word, email: fc.array(word) }),
});
const section = fc.dictionary(id, node, { maxKeys: 8 });
const metadata = loose({
  dbt_version: word,
  generated_at: timestamp,
  invocation_id: word,
  invocation_started_at: timestamp,
  project_name: word,
});
const manifestFile = loose(
  {
    metadata,
    sources: section,
    exposures: section,
    unit_tests: section,
    functions: section,
    groups: fc.dictionary(word, loose({ name: word, owner: loose({ name: word, email: word }) })),
  },
  { nodes: section },
);
const sourcesFile = loose(
  { metadata },
  {
    results: fc.array(
      loose(
        { error: message, max_loaded_at: timestamp, max_loaded_at_time_ago_in_s: fc.double(), criteria: rule },
        { unique_id: id, status },
      ),
      { maxLength: 4 },
    ),
  },
);
const runResultsFile = loose(
  {
    metadata,
    elapsed_time: fc.double(),
    args: loose({ which: fc.constantFrom('build', 'test', 'generate', 'compile') }),
  },
  { results: fc.array(result, { maxLength: 12 }) },
);

const artifacts = fc.record({
  runResults: fc.array(runResultsFile, { minLength: 1, maxLength: 3 }),
  manifest: fc.option(manifestFile),
  sources: fc.option(sourcesFile),
});

/** As if the files had been read, which also takes out `undefined` and keeps `__proto__` a key like any other. */
function fileOf(value: unknown, path: string) {
  const parsed: unknown = JSON.parse(JSON.stringify(value));
  return { path, value: parsed };
}

/** Null where dq-report refuses them with a sentence. */
function runOf({
  runResults,
  manifest,
  sources,
}: {
  runResults: readonly unknown[];
  manifest: unknown;
  sources: unknown;
}): Run | null {
  try {
    return mergeRun({
      runResults: runResults.map((value, index) => parseRunResults(fileOf(value, `run_results_${index}.json`))),
      manifest: manifest === null ? noManifest : parseManifest(fileOf(manifest, 'manifest.json')),
      sources: sources === null ? null : parseSources(fileOf(sources, 'sources.json')),
      environment: null,
    });
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}

function idsOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ uniqueId }) => uniqueId).toSorted();
}

describe('whatever dbt or somebody else wrote', () => {
  test('every finding ends as a cause, below one cause, or, if dbt skipped it, without a reason; circles in lineage included', () => {
    fc.assert(
      fc.property(artifacts, (files) => {
        const run = runOf(files);
        if (run === null) return;
        const findings = classify(run, noRules);
        const { causes, unexplained, verdicts } = explain(findings, run);
        const roots = causes.map(({ finding }) => finding);
        const symptoms = causes.flatMap((cause) => cause.symptoms.map(({ finding }) => finding));
        const placed = [...roots, ...symptoms, ...unexplained];
        expect(new Set(placed)).toEqual(new Set(findings));
        expect(placed).toHaveLength(findings.length);
        expect(roots.filter(({ kind }) => kind === 'node_skipped')).toEqual([]);
        expect(unexplained.filter(({ kind }) => kind !== 'node_skipped')).toEqual([]);
        expect(verdicts).toHaveLength(run.manifest.exposures().length);
        for (const { message: words, subject, observedAt } of findings) {
          expect(words.trim()).not.toBe('');
          expect(subject.name).not.toBe('');
          expect(observedAt === null || typeof observedAt === 'string').toBe(true);
        }
      }),
      { numRuns: 250 },
    );
  });

  test('the newest file decides about a node, and each failure it holds is exactly one finding', () => {
    const dated = fc
      .uniqueArray(fc.nat({ max: 23 }), { minLength: 1, maxLength: 3 })
      .chain((hours) =>
        fc.tuple(
          ...hours.map((hour) =>
            fc.tuple(fc.constant(hour), fc.constantFrom('build', 'generate'), fc.array(result, { maxLength: 12 })),
          ),
        ),
      );
    fc.assert(
      fc.property(dated, fc.option(manifestFile), (files, manifest) => {
        const documents = files.map(([hour, which, results]) => ({
          metadata: { generated_at: `2026-01-02T${String(hour).padStart(2, '0')}:00:00Z` },
          args: { which },
          results,
        }));
        const expected = new Map<string, string>();
        const hourOf = new Map<string, number>();
        for (const [hour, which, results] of files.toSorted(([a], [b]) => a - b)) {
          for (const { unique_id: uniqueId, status: written } of results) {
            const read = String(written).trim().toLowerCase();
            const nodeId = String(uniqueId);
            // Of two in one file nobody knows which is right, so the failure counts.
            const known = hourOf.get(nodeId) === hour ? expected.get(nodeId) : undefined;
            if (known !== undefined && !fine.includes(known) && fine.includes(read)) continue;
            if (which !== 'build' && fine.includes(read)) continue;
            expected.set(nodeId, read);
            hourOf.set(nodeId, hour);
          }
        }
        const run = runOf({ runResults: documents, manifest, sources: null });
        expect(run === null).toBe(expected.size === 0 && !files.some(([, which]) => which === 'build'));
        const findings = run === null ? [] : classify(run, noRules);
        const failed = [...expected].filter(([, read]) => !fine.includes(read)).map(([uniqueId]) => uniqueId);
        const skipped = [...expected].filter(([, read]) => read === 'skipped').map(([uniqueId]) => uniqueId);
        expect(idsOf(findings.filter(({ kind }) => kind !== 'node_skipped'))).toEqual(failed.toSorted());
        expect(skipped).toEqual(
          expect.arrayContaining([...idsOf(findings.filter(({ kind }) => kind === 'node_skipped'))]),
        );
      }),
      { numRuns: 250 },
    );
  });

  test('each source that is not fresh is exactly one finding', () => {
    fc.assert(
      fc.property(sourcesFile, fc.option(manifestFile), (sources, manifest) => {
        const run = runOf({ runResults: [], manifest, sources });
        if (run === null) return;
        const last = new Map(run.freshness.results.map((each) => [each.uniqueId, each.status]));
        expect(run.freshness.results).toHaveLength(last.size);
        const stale = [...last]
          .filter(([, read]) => read !== 'pass' && read !== 'success')
          .map(([uniqueId]) => uniqueId);
        const silent = run.freshness.checked
          ? run.manifest.sourcesWithFreshness().filter((uniqueId) => !last.has(uniqueId))
          : [];
        expect(idsOf(classify(run, noRules))).toEqual([...stale, ...silent].toSorted());
      }),
      { numRuns: 100 },
    );
  });

  test('a manifest answers every question about every node', () => {
    fc.assert(
      fc.property(manifestFile, (file) => {
        const manifest = parseManifest(fileOf(file, 'manifest.json'));
        for (const uniqueId of ids) {
          expect(manifest.node(uniqueId) === undefined).toBe(!manifest.has(uniqueId));
          expect(manifest.node(uniqueId)?.columnMeta('id') ?? {}).toBeInstanceOf(Object);
          for (const parent of manifest.parents(uniqueId)) expect(manifest.children(parent)).toContain(uniqueId);
          for (const child of manifest.children(uniqueId)) expect(manifest.parents(child)).toContain(uniqueId);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('an id always has a type and a name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: fc.constantFrom('a', '.', '4f2a91bcde', 'test') }), (uniqueId) => {
        const { resourceType, name } = partsOf(uniqueId);
        expect(uniqueId.startsWith(resourceType)).toBe(true);
        expect(name).not.toBe('');
      }),
    );
  });
});
