import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { appendFileSync, existsSync, readFileSync, utimesSync } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fastKernel, plainKernel, wasmKernel } from '../../src/artifacts/json-kernel.ts';
import type { Manifest } from '../../src/artifacts/manifest.ts';
import { readManifest } from '../../src/artifacts/read-manifest.ts';
import { readArtifact, type ReadSettings } from '../../src/artifacts/read-artifact.ts';
import { readRun } from '../../src/artifacts/read-run.ts';
import { readRunResults } from '../../src/artifacts/run-results.ts';
import { ProblemError } from '../../src/errors.ts';
import { noRules } from '../../src/findings/rules.ts';
import { reportOf } from '../../src/pipeline.ts';
import { formats } from '../../src/report/formats.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dq-report-read-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'artifact.json');
  await writeFile(path, content);
  return path;
}

const asWhole: ReadSettings = { scannedFrom: Infinity };
const wasm = wasmKernel();
if (wasm === null) throw new Error('This Node has no WebAssembly.');
const scans: readonly ReadSettings[] = [
  { scannedFrom: 0, kernel: wasm },
  { scannedFrom: 0, kernel: wasm, windowBytes: 100 },
  { scannedFrom: 0, kernel: plainKernel, windowBytes: 1000 },
];
/** Here `JSON.parse` does not help out where the scanner fails. */
const alone = scans.map((settings) => ({ ...settings, parsedUpTo: -1 }));

/** What it is, or the problem in words. */
async function outcomeOf<T>(work: Promise<T>): Promise<T | string> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map(({ what, next }) => `${what} ${next}`).join('\n');
  }
}

const corpus = join(import.meta.dirname, '../../../shared/corpus');
const isThere = existsSync(join(corpus, 'INDEX.tsv'));

describe('a file that is scanned is the same as one that is parsed as a whole', () => {
  (isThere ? test : test.skip)(
    'in ../shared/corpus: each report, in each format, byte for byte',
    async () => {
      const rows = readFileSync(join(corpus, 'INDEX.tsv'), 'utf8').trimEnd().split('\n').slice(1);
      const files = rows.flatMap((row) => row.split('\t').filter((cell) => cell.endsWith('.json')));
      const runs = files.filter((path) => /run_results[^/]*\.json$/.test(path));
      expect(runs.length).toBeGreaterThan(20);
      for (const path of runs) {
        const version = /_([\d.]+)\.json$/.exec(path)?.[1];
        const beside = join(
          corpus,
          dirname(path),
          version === undefined ? 'manifest.json' : `manifest_${version}.json`,
        );
        const paths = {
          projectDir: null,
          targetDir: corpus,
          runResults: [join(corpus, path)],
          manifest: existsSync(beside) ? beside : null,
          sources: null,
        };
        const reports = async (settings: ReadSettings): Promise<readonly string[] | string> => {
          const run = await outcomeOf(readRun(paths, { environment: null }, settings));
          if (typeof run === 'string') return run;
          const report = reportOf(run, { rules: noRules, now: new Date('2026-01-02T07:00:00Z') });
          const renders = await Promise.all(Object.values(formats).map((load) => load()));
          return renders.map((render) =>
            Array.from(render(report, { width: 100, colour: false, verbose: true })).join(''),
          );
        };
        const whole = await reports(asWhole);
        for (const settings of alone) expect([path, await reports(settings)]).toEqual([path, whole]);
      }
    },
    120_000,
  );

  test('also as a manifest of any content, keys that are there twice, NaN and what is no object included', async () => {
    await fc.assert(
      fc.asyncProperty(manifestText, fc.constantFrom(...alone.keys()), async (text, scan) => {
        const path = await file(text);
        const whole = await outcomeOf(readManifest(path, asWhole));
        const scanned = await outcomeOf(readManifest(path, alone[scan]));
        expect(answersOf(scanned)).toEqual(answersOf(whole));
      }),
      { numRuns: 600 },
    );
  });

  test('also as a run_results.json of any content', async () => {
    await fc.assert(
      fc.asyncProperty(runResultsText, fc.constantFrom(...alone.keys()), async (text, scan) => {
        const path = await file(text);
        expect(await outcomeOf(readRunResults(path, alone[scan]))).toEqual(
          await outcomeOf(readRunResults(path, asWhole)),
        );
      }),
      { numRuns: 600 },
    );
  });

  test('also when it is cut off at any byte, or is something else: the same problem in the same words', async () => {
    const whole = Buffer.from(
      '{"metadata": {"project_name": "größe"}, "nodes": {"model.shop.a": {"name": "q\\"", "columns": {}, "depends_on": {"nodes": ["\\u00e9"]}}}, "macros": [NaN, -1.5e3]}',
    );
    const odd = [
      '',
      ' ',
      '\0\0',
      '<html></html>',
      'a: 1',
      '[]',
      '7',
      '{"nodes": 7}',
      '{"nodes": {}}x',
      '{"nodes": {}}}',
      '\uFEFF{}',
    ].map((text) => Buffer.from(text));
    const cuts = Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length));
    for (const bytes of [...cuts, ...odd, Buffer.from('\uFEFF{}', 'utf16le')]) {
      const path = await file(bytes);
      for (const read of [readManifest, readRunResults]) {
        const problem = await outcomeOf<unknown>(read(path, asWhole));
        expect(typeof problem).toBe('string');
        for (const settings of scans)
          expect([bytes.toString(), await outcomeOf<unknown>(read(path, settings))]).toEqual([
            bytes.toString(),
            problem,
          ]);
      }
    }
  });
});

const ids = [
  'model.shop.a',
  'model.shop.b',
  'test.shop.t',
  'source.shop.web.events',
  'exposure.shop.board',
  'unit_test.shop.u',
  '__proto__',
  '12',
  '7',
  'größe',
];
const id = fc.constantFrom(...ids);
const word = fc.constantFrom(
  '"a"',
  '"view"',
  '"ephemeral"',
  '"eph\\u0065meral"',
  '"größe"',
  '"/* dq_report:{} */"',
  '"dq\\u005freport:"',
  '"select 1"',
  '"warn"',
  'true',
  'false',
  'null',
  'NaN',
  '-Infinity',
  '7',
  '[]',
  '{}',
  '["a", NaN, "b"]',
);
const text = (value: string): string => JSON.stringify(value);
const idList = fc.oneof(
  { weight: 5, arbitrary: fc.array(id.map(text), { maxLength: 3 }).map((list) => `[${list.join(', ')}]`) },
  { weight: 1, arbitrary: word },
);

/** An object of some of these members, in any order, perhaps twice, among others. */
function objectText(keys: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
  const member = fc.oneof(
    ...Object.entries(keys).map(([key, value]) =>
      fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: word }).map((json) => `${text(key)}: ${json}`),
    ),
  );
  const other = word.map((json) => `"nobody_knows": {"deep": [${json}, "}"]}`);
  return fc
    .array(fc.oneof({ weight: 6, arbitrary: member }, { weight: 1, arbitrary: other }), { maxLength: 8 })
    .map((members) => `{${members.join(', ')}}`);
}

function dictionaryText(
  key: fc.Arbitrary<string>,
  value: fc.Arbitrary<string>,
  maxLength: number,
): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(key, value), { maxLength })
    .map((members) => `{${members.map(([name, json]) => `${text(name)}: ${json}`).join(',')}}`);
}

const metaText = objectText({ owner: word, dq_report: objectText({ owner: word }) });
const ruleText = objectText({ warn_after: objectText({ count: fc.constant('12'), period: fc.constant('"hour"') }) });
const ownerText = objectText({ name: word, email: idList, slack_channel: word });
const configText = objectText({
  materialized: word,
  enabled: word,
  meta: metaText,
  tags: word,
  group: word,
  severity: word,
  where: word,
  on_error: word,
  freshness: ruleText,
});
const entryText = objectText({
  name: word,
  label: word,
  owner: ownerText,
  description: word,
  config: configText,
  depends_on: objectText({ nodes: idList }),
  compiled_code: word,
  columns: dictionaryText(
    fc.constantFrom('id', 'ID', 'x', '3'),
    objectText({ meta: metaText, config: objectText({ meta: metaText }) }),
    3,
  ),
  freshness: ruleText,
  meta: metaText,
  tags: word,
  column_name: word,
  attached_node: id.map(text),
  test_metadata: objectText({ name: word, namespace: word, kwargs: metaText }),
});
const sectionText = dictionaryText(
  id,
  fc.oneof({ weight: 8, arbitrary: entryText }, { weight: 1, arbitrary: word }),
  6,
);
const manifestText = fc
  .array(
    fc.oneof(
      ...['nodes', 'nodes', 'sources', 'exposures', 'unit_tests', 'macros'].map((name) =>
        fc
          .oneof({ weight: 9, arbitrary: sectionText }, { weight: 1, arbitrary: word })
          .map((json) => `${text(name)}: ${json}`),
      ),
      objectText({ dbt_version: word, project_name: word, dbt_schema_version: word }).map(
        (json) => `"metadata": ${json}`,
      ),
      dictionaryText(id, objectText({ name: word, owner: ownerText }), 3).map((json) => `"groups": ${json}`),
    ),
    { maxLength: 7 },
  )
  .map((sections) => `{"nodes": {}, ${sections.map((section) => `${section}, `).join('')}"docs": {}}`);

const resultText = objectText({
  unique_id: id.map(text),
  status: fc.constantFrom('"pass"', '"fail"', '"Exploded"', '"skipped"'),
  message: word,
  failures: word,
  compiled_code: fc.oneof(
    word,
    fc.constant(
      text(
        'select 1 /* dq_report:{"v":1,"unique_id":"test.shop.t","invocation_id":"a","unit":"row","checked":2,"failed":1} */',
      ),
    ),
  ),
  timing: fc
    .array(
      objectText({
        name: word,
        started_at: fc.constantFrom('"2026-01-02T06:00:00Z"', '"2026-01-02T07:00:00"'),
        completed_at: word,
      }),
      { maxLength: 2 },
    )
    .map((list) => `[${list.join()}]`),
  batch_results: objectText({ successful: idList, failed: idList }),
});
const runResultsText = objectText({
  metadata: objectText({ invocation_id: fc.constant('"a"'), generated_at: word, invocation_started_at: word }),
  results: fc
    .array(fc.oneof({ weight: 8, arbitrary: resultText }, { weight: 1, arbitrary: word }), { maxLength: 5 })
    .map((list) => `[${list.join(', ')}]`),
  args: objectText({ which: fc.constantFrom('"build"', '"test"'), select: idList, target: word }),
  elapsed_time: word,
});

/** Everything that a manifest can be asked. */
function answersOf(manifest: Manifest | string): unknown {
  if (typeof manifest === 'string') return manifest;
  const { project, dbtVersion, invocationId, generatedAt } = manifest;
  return {
    head: { project, dbtVersion, invocationId, generatedAt },
    runnable: manifest.runnable(),
    exposures: manifest.exposures(),
    groups: manifest.groups(),
    fresh: manifest.sourcesWithFreshness(),
    groupsByName: manifest.groups().map(({ name }) => manifest.group(name)),
    areas: [...manifest.areasBelow(ids, new Set(ids.slice(0, 3)))],
    nodes: ids.map((uniqueId) => {
      const node = manifest.node(uniqueId);
      return [
        uniqueId,
        manifest.has(uniqueId),
        JSON.stringify(node),
        ['id', 'x', '3'].map((column) => node?.columnMeta(column)),
        manifest.parents(uniqueId),
        manifest.children(uniqueId),
        manifest.ancestors(uniqueId),
        manifest.descendants(uniqueId),
        manifest.tablesBelow([uniqueId]),
        manifest.exposuresBelow([uniqueId]),
        manifest.soleOwnerBelow(uniqueId),
        manifest.above(ids.slice(0, 3), 2)(uniqueId),
        manifest.sqlWithEvidence(uniqueId),
      ];
    }),
  };
}

test('more nodes than are remembered are each what they are, the first time and the next', async () => {
  const nodes = Object.fromEntries(
    Array.from({ length: 12_000 }, (_, index) => [`model.shop.n${index}`, { tags: [`t${index}`] }]),
  );
  const manifest = await readManifest(await file(JSON.stringify({ nodes })), { scannedFrom: 0 });
  for (let round = 0; round < 2; round += 1)
    for (let index = 0; index < 12_000; index += 1)
      expect(manifest.node(`model.shop.n${index}`)?.tags).toEqual([`t${index}`]);
});

describe('reading a file', () => {
  test.each([
    ['more', (path: string) => appendFileSync(path, ' ')],
    ['as much', (path: string) => utimesSync(path, 1, 1)],
  ])('to which somebody writes %s at the same time is no half answer', async (_, written) => {
    const path = await file('{"nodes": {"a": {}, "b": {}}}');
    const reader = {
      parsed: () => 'whole',
      scan: () => ({
        layout: { nodes: 'value' as const },
        visitor: { value: () => written(path), section() {}, entry() {} },
        result: () => 'scanned',
      }),
    };
    expect(await outcomeOf(readArtifact(path, reader, { scannedFrom: 0 }))).toBe(
      `${path} was written while it was read. Run dq-report when dbt has ended.`,
    );
  });

  test('that is not there, is a folder or has too long a name is told as ever', async () => {
    for (const path of [join(folder, 'none.json'), folder, join(folder, 'x'.repeat(300))])
      for (const settings of alone)
        expect(await outcomeOf(readManifest(path, settings))).toBe(await outcomeOf(readManifest(path, asWhole)));
  });

  test.each([
    ['{"nodes": {"a": {', 'ends in the middle. dbt was probably stopped while it wrote the file. Run dbt again.'],
    [
      '{"nodes": {"a": }}',
      'is not JSON. Name a file that dbt wrote. If dbt did write this one, two commands may have written it at once: run dbt again.',
    ],
  ])('that is too large for JSON.parse and holds %s is told by the scanner', async (content, words) => {
    const path = await file(content);
    for (const settings of alone) expect(await outcomeOf(readManifest(path, settings))).toBe(`${path} ${words}`);
  });

  test('with an entry for which there is not enough memory says so', async () => {
    const path = await file(JSON.stringify({ nodes: { a: { name: 'x'.repeat(200_000) } } }));
    const resize = (bytes: number): ArrayBuffer => {
      if (bytes > 500_000) throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
      return wasm.resize(bytes);
    };
    const settings = { scannedFrom: 0, parsedUpTo: -1, windowBytes: 1000, kernel: { ...wasm, resize } };
    expect(await outcomeOf(readManifest(path, settings))).toBe(
      `${path} holds an entry that is too large to be read. Two commands may have written it at once: run dbt again. If it stays so, give dq-report more memory.`,
    );
  });

  test('is done by WebAssembly, and without it where there is no room for its memory', () => {
    expect(fastKernel()).not.toBe(plainKernel);
    const there = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly');
    function Memory(): never {
      throw new RangeError('WebAssembly.Memory(): could not allocate memory');
    }
    Object.defineProperty(globalThis, 'WebAssembly', { value: { Memory }, configurable: true });
    try {
      expect(wasmKernel()).toBeNull();
    } finally {
      if (there !== undefined) Object.defineProperty(globalThis, 'WebAssembly', there);
    }
  });

  test('of more than a string can hold says what is wrong with it all the same', async () => {
    const path = join(folder, 'huge.json');
    const huge = await open(path, 'w');
    await huge.write('{"nodes": {"a": 1, ');
    // Sparse: it takes no room on the disk.
    await huge.truncate(600_000_000);
    await huge.close();
    expect(await outcomeOf(readManifest(path))).toBe(
      `${path} is not JSON. Name a file that dbt wrote. If dbt did write this one, two commands may have written it at once: run dbt again.`,
    );
  });
});
