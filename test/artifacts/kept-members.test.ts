import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isObject } from '../../src/artifacts/fields.ts';
import { parseJson } from '../../src/artifacts/json.ts';
import type { Layout, Shape } from '../../src/artifacts/json-plan.ts';
import { manifestLayout, parseManifest } from '../../src/artifacts/read-manifest.ts';
import { parseRunResults, runResultsLayout } from '../../src/artifacts/run-results.ts';

// What is read of an entry and is not in the layout, small files have and large ones lack, without a word.

const root = join(import.meta.dirname, '../..');
const filesNamed = (name: string): readonly string[] =>
  globSync([`test/fixtures/**/${name}`, `demo/saved/**/${name}`], { cwd: root });

/** The same, but it cannot be asked for what a scan leaves out. */
function guarded(value: unknown, wanted: Shape, place: string): unknown {
  if (wanted.kind === 'whole' || typeof value !== 'object' || value === null) return value;
  if (wanted.kind === 'members' && Array.isArray(value)) return value;
  return new Proxy(value, {
    get(target, key, receiver) {
      const part: unknown = Reflect.get(target, key, receiver);
      if (typeof key === 'symbol' || typeof part === 'function') return part;
      if (wanted.kind === 'each') return guarded(part, wanted.part, `${place}.*`);
      if (!Object.hasOwn(wanted.members, key)) throw new Error(`${place}.${key} is read, and a scan leaves it out.`);
      const partWanted = wanted.members[key];
      return partWanted === undefined ? part : guarded(part, partWanted, `${place}.${key}`);
    },
  });
}

function guardedFile(path: string, layout: Layout): { readonly path: string; readonly value: unknown } {
  const document = parseJson(readFileSync(join(root, path), 'utf8'), path);
  if (!isObject(document)) throw new Error(`${path} is no object.`);
  const sections = Object.entries(layout).map(([section, wanted]) => {
    const entries = document[section];
    if (wanted === 'value' || typeof entries !== 'object') return [section, entries] as const;
    return [section, guarded(entries, { kind: 'each', part: wanted }, section)] as const;
  });
  return { path, value: Object.fromEntries(sections.filter(([, entries]) => entries !== undefined)) };
}

test.each(filesNamed('manifest.json'))('of the entries of %s nothing is read but what a scan keeps', (path) => {
  const manifest = parseManifest(guardedFile(path, manifestLayout));
  const ids = Object.keys(manifestLayout).flatMap((section) => idsOf(path, section));
  expect(ids.length).toBeGreaterThan(0);
  for (const id of ids) {
    const node = manifest.node(id);
    node?.columnMeta('order_id');
    manifest.sqlWithEvidence(id);
    manifest.ancestors(id);
  }
  manifest.runnable();
  manifest.exposures();
  manifest.groups();
  manifest.sourcesWithFreshness();
});

function idsOf(path: string, section: string): readonly string[] {
  const document = parseJson(readFileSync(join(root, path), 'utf8'), path);
  const entries = isObject(document) ? document[section] : null;
  return isObject(entries) && manifestLayout[section] !== 'value' ? Object.keys(entries) : [];
}

test.each(filesNamed('run_results.json'))('of the results of %s nothing is read but what a scan keeps', (path) => {
  expect(() => parseRunResults(guardedFile(path, runResultsLayout))).not.toThrow();
});

test('what a scan leaves out cannot be read unnoticed', () => {
  const wanted: Shape = { kind: 'members', members: { name: { kind: 'whole', options: {} } } };
  const entry = guarded({ name: 'orders', language: 'sql' }, wanted, 'nodes');
  expect(isObject(entry) && entry['name']).toBe('orders');
  expect(() => isObject(entry) && entry['language']).toThrow('nodes.language is read, and a scan leaves it out.');
});
