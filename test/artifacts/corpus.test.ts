import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject } from '../../src/artifacts/fields.ts';
import { type JsonFile, readJsonFile } from '../../src/artifacts/json.ts';
import { type Manifest, noManifest } from '../../src/artifacts/manifest.ts';
import { parseManifest } from '../../src/artifacts/read-manifest.ts';
import { mergeRun } from '../../src/artifacts/merge-run.ts';
import { parseRunResults } from '../../src/artifacts/run-results.ts';
import type { NoteCode } from '../../src/artifacts/run.ts';
import { parseSources } from '../../src/artifacts/sources.ts';
import { explain } from '../../src/causes/explain.ts';
import { classify } from '../../src/findings/classify.ts';
import { countOutcomes, isTest } from '../../src/findings/outcome.ts';
import { noRules } from '../../src/findings/rules.ts';
import { subjectOfTest } from '../../src/findings/subject.ts';

/** Real artifacts of public projects, dbt 0.19 to 2.0; most show no licence, so they lie beside the repository. */
const corpus = join(import.meta.dirname, '../../../shared/corpus');
const isThere = existsSync(join(corpus, 'INDEX.tsv'));
const describeCorpus = isThere ? describe : describe.skip;

interface Row {
  readonly file: string;
  readonly kind: string;
  readonly version: string;
  readonly which: string;
  readonly results: number;
  /** Results by status, or nodes by resource type. */
  readonly counts: Readonly<Record<string, number>>;
}

const index: readonly Row[] = isThere ? readIndex() : [];

function readIndex(): readonly Row[] {
  const [header = '', ...lines] = readFileSync(join(corpus, 'INDEX.tsv'), 'utf8').trimEnd().split('\n');
  const names = header.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    const cell = (name: string): string => cells[names.indexOf(name)] ?? '';
    // The column is CSV: quoted, with its own quotes doubled.
    const counts: Record<string, number> = JSON.parse(cell('status_or_nodes').slice(1, -1).replaceAll('""', '"'));
    return {
      file: cell('file'),
      kind: cell('kind').replace(/\/.*/, ''),
      version: cell('dbt_version'),
      which: cell('which'),
      results: Number(cell('results')),
      counts,
    };
  });
}

const ofKind = (kind: string): readonly Row[] => index.filter((row) => row.kind === kind);

const files = new Map<string, Promise<JsonFile>>();
async function read(file: string): Promise<JsonFile> {
  const known = files.get(file) ?? readJsonFile(join(corpus, file));
  files.set(file, known);
  return known;
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function lowerCase(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([status, number]) => [status.toLowerCase(), number]));
}

function idsIn({ value }: JsonFile, section: string): readonly string[] {
  const members = isObject(value) ? value[section] : null;
  return isObject(members) ? Object.keys(members) : [];
}

/** The manifest beside the file; a folder holds one, or one for each version. */
async function manifestBeside(file: string): Promise<Manifest> {
  const version = /_([\d.]+)\.json$/.exec(file)?.[1];
  const name = version === undefined ? 'manifest.json' : `manifest_${version}.json`;
  const path = join(dirname(file), name).replaceAll('\\', '/');
  return ofKind('manifest').some((row) => row.file === path) ? parseManifest(await read(path)) : noManifest;
}

const notJoined: ReadonlySet<NoteCode> = new Set(['no_manifest', 'manifest_of_other_project', 'nodes_not_in_manifest']);

function testsData(which: string): boolean {
  return !['generate', 'compile'].includes(which);
}

/** A test reads what it is about; where dbt names that itself, the two agree. */
function isAboutWhatDbtSays(manifest: Manifest, uniqueId: string): boolean {
  const subject = subjectOfTest(manifest, uniqueId);
  const attached = manifest.node(uniqueId)?.test?.attachedNode ?? null;
  const parents = manifest.parents(uniqueId);
  // A singular test that names its table by hand, or a test of a disabled model.
  if (parents.length === 0) return subject === (attached ?? uniqueId);
  // A preview of dbt 2 forgot the source's name in it.
  const isAsAttached = attached === null || !manifest.has(attached) || subject === attached;
  return parents.includes(subject) && /^(?:model|source|seed|snapshot)\./.test(subject) && isAsAttached;
}

describeCorpus('of the real files in ../shared/corpus', () => {
  test('there are many, of all three kinds', () => {
    expect(tally(index.map(({ kind }) => kind))).toEqual({
      'run-results': expect.any(Number),
      sources: expect.any(Number),
      manifest: expect.any(Number),
    });
    expect(index.length).toBeGreaterThan(60);
  });

  test.each(ofKind('run-results'))(
    '$file has the statuses that were counted by hand',
    async ({ file, which, results, counts }) => {
      const parsed = parseRunResults(await read(file));
      // One file was doctored: it holds a result without an id, which passed.
      const unreadable = file.includes('no_test_metadata') ? ['pass'] : [];
      expect(parsed).toMatchObject({ command: which, unreadable: unreadable.length });
      expect(parsed.results).toHaveLength(results - unreadable.length);
      expect(tally([...parsed.results.map(({ status }) => status), ...unreadable])).toEqual(lowerCase(counts));
    },
  );

  test.each(ofKind('sources'))(
    '$file has the statuses that were counted by hand',
    async ({ file, results, counts }) => {
      const parsed = parseSources(await read(file));
      expect(parsed.unreadable).toBe(0);
      expect(parsed.results).toHaveLength(results);
      expect(tally(parsed.results.map(({ status }) => status))).toEqual(lowerCase(counts));
      for (const { status, ageSeconds, errorAfter, warnAfter, error } of parsed.results) {
        expect(
          status === 'runtime error' ? error !== null : ageSeconds !== null && (errorAfter ?? warnAfter) !== null,
        ).toBe(true);
      }
    },
  );

  test.each(ofKind('manifest'))(
    '$file has the nodes that were counted by hand, and each test finds its subject',
    async ({ file, counts }) => {
      const json = await read(file);
      const manifest = parseManifest(json);
      const nodes = idsIn(json, 'nodes');
      expect(tally(nodes.map((uniqueId) => manifest.node(uniqueId)?.resourceType ?? 'none'))).toEqual(counts);
      const tests = [...nodes, ...idsIn(json, 'unit_tests')].filter(isTest);
      expect(tests.filter((uniqueId) => !isAboutWhatDbtSays(manifest, uniqueId))).toEqual([]);
    },
  );

  // dbt 2 always attaches tests of models, and leaves out the argument that would tell.
  test.each(ofKind('manifest').filter(({ version }) => !version.startsWith('2.')))(
    '$file: without `attached_node` the same subjects are found by the other ways',
    async ({ file }) => {
      const json = await read(file);
      const attached = parseManifest(json);
      const bare = parseManifest({
        ...json,
        value: JSON.parse(
          JSON.stringify(json.value, (key, value: unknown) => (key === 'attached_node' ? null : value)),
        ),
      });
      for (const uniqueId of idsIn(json, 'nodes').filter((id) => attached.node(id)?.test?.attachedNode != null)) {
        expect([uniqueId, subjectOfTest(bare, uniqueId)]).toEqual([uniqueId, subjectOfTest(attached, uniqueId)]);
      }
    },
  );

  test.each(ofKind('run-results').filter(({ which }) => !testsData(which)))(
    '$file of `dbt $which` is refused',
    async ({ file }) => {
      const runResults = parseRunResults(await read(file));
      expect(() =>
        mergeRun({ runResults: [runResults], sources: null, manifest: noManifest, environment: null }),
      ).toThrow('which runs no model and no test');
    },
  );

  test.each(ofKind('run-results').filter(({ which }) => testsData(which)))(
    '$file joins its manifest or says what it cannot join, and loses nothing on the way to its causes',
    async ({ file }) => {
      const runResults = parseRunResults(await read(file));
      const manifest = await manifestBeside(file);
      const run = mergeRun({ runResults: [runResults], sources: null, manifest, environment: null });
      const areAllKnown = run.results.every(({ uniqueId }) => run.manifest.has(uniqueId));
      expect(run.notes.some(({ code }) => notJoined.has(code))).toBe(!areAllKnown);

      const findings = classify(run, noRules);
      const { failed, errored, warned, skipped } = countOutcomes(run);
      const skippedFindings = findings.filter(({ kind }) => kind === 'node_skipped');
      expect(findings).toHaveLength(failed + errored + warned + skippedFindings.length);
      expect(skippedFindings.length).toBeLessThanOrEqual(skipped);
      const { causes, unexplained } = explain(findings, run);
      expect(
        causes
          .flatMap(({ finding, symptoms }) => [finding, ...symptoms.map((symptom) => symptom.finding)])
          .concat(unexplained),
      ).toHaveLength(findings.length);
      // Every skip is explained by what failed.
      expect(unexplained).toEqual([]);
    },
  );

  test.each(ofKind('sources'))('$file belongs to the project it lies in', async ({ file, results }) => {
    const manifests = ofKind('manifest').filter((row) => dirname(row.file).startsWith(dirname(file)));
    for (const row of manifests) {
      const manifest = parseManifest(await read(row.file));
      const run = mergeRun({ runResults: [], sources: parseSources(await read(file)), manifest, environment: null });
      // This project was renamed since.
      const wasRenamed = file.startsWith('medsidd+whyline-denver');
      expect(run.freshness.results).toHaveLength(wasRenamed ? 0 : results);
      expect(run.notes.map(({ code }) => code)).toEqual(wasRenamed ? ['sources_of_other_project'] : []);
    }
  });
});
