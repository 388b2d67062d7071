import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isObject } from '../../src/artifacts/fields.ts';
import { parseJson } from '../../src/artifacts/json.ts';
import { type Kernel, plainKernel, wasmKernel } from '../../src/artifacts/json-kernel.ts';
import { each, type Layout, members, type Shape, whole } from '../../src/artifacts/json-plan.ts';
import { type ScanSettings, scanJson, UnreadableJson } from '../../src/artifacts/json-scanner.ts';
import { ProblemError } from '../../src/errors.ts';

const wasm = wasmKernel();
if (wasm === null) throw new Error('This Node has no WebAssembly.');
const kernels: readonly (readonly [string, Kernel])[] = [
  ['WebAssembly', wasm],
  ['TypeScript', plainKernel],
];

const NOTED = 0;
const ALSO_COPIED = 1;
/** Everything that can be wanted, in keys that are easily taken for each other. */
const shape = members({
  name: whole(),
  nape: whole(),
  config: members({ meta: whole(), tags: whole(), kind: whole({ note: ALSO_COPIED }) }),
  depends_on: members({ nodes: whole({ note: NOTED, copied: false }) }),
  columns: each(members({ meta: whole() })),
  timing: each(each(whole())),
  code: whole({ containing: 'dq_report:' }),
});
const layout: Layout = { metadata: 'value', nodes: shape, results: each(whole()), other: whole() };

interface Found {
  readonly values: Record<string, unknown>;
  /** By section, its kind and its entries; those of a list have no key. */
  readonly sections: Record<string, { kind: string; entries: [key: string, value: unknown, notes: unknown[]][] }>;
}

/** What the scanner tells, put together as its rules say: the last of each key counts. */
function scanned(
  bytes: Uint8Array,
  { chunkBytes = 65_536, ...settings }: ScanSettings & { chunkBytes?: number },
): Found {
  const values = new Map<string, unknown>();
  const sections = new Map<string, { kind: string; entries: [string, unknown, unknown[]][] }>();
  let position = 0;
  let entries: [string, unknown, unknown[]][] = [];
  let entriesIn = '';
  scanJson(
    (into, offset) => {
      const piece = bytes.subarray(position, position + Math.min(chunkBytes, into.length - offset));
      into.set(piece, offset);
      position += piece.length;
      return piece.length;
    },
    layout,
    {
      value: (section, json) => values.set(section, JSON.parse(json)),
      section(section, kind) {
        entriesIn = section;
        entries = [];
        sections.set(section, { kind, entries });
      },
      entry(key, buffer, start, end, notes) {
        const value: unknown = JSON.parse(buffer.toString('utf8', start, end));
        const noted = [NOTED, ALSO_COPIED].map((note): unknown => JSON.parse(notes.json(note) ?? '"none"'));
        entries.push([key, withoutNothing(value, wantedOf(entriesIn)), noted]);
      },
    },
    settings,
  );
  for (const section of sections.values())
    // As in any object, keys that are whole numbers come first.
    if (section.kind === 'object')
      section.entries = Object.values(objectOf(section.entries.map((entry) => [entry[0], entry])));
  return { values: Object.fromEntries(values), sections: Object.fromEntries(sections) };
}

/** The same by way of `JSON.parse`. */
function parsed(text: string): Found {
  const document = parseJson(text, 'x');
  if (!isObject(document)) throw new UnreadableJson('malformed');
  const values: Found['values'] = {};
  const sections: Found['sections'] = {};
  for (const [section, wanted] of Object.entries(layout)) {
    if (!Object.hasOwn(document, section)) continue;
    const value = document[section];
    if (wanted === 'value') values[section] = value;
    else
      sections[section] = {
        kind: isObject(value) ? 'object' : Array.isArray(value) ? 'list' : 'other',
        entries: entriesOf(value).map(([key, entry]) => [
          Array.isArray(value) ? '' : key,
          withoutNothing(pruned(entry, wanted), wanted),
          section === 'nodes'
            ? [noteIn(entry, 'depends_on', 'nodes'), noteIn(entry, 'config', 'kind')]
            : ['none', 'none'],
        ]),
      };
  }
  return { values, sections };
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function pruned(value: unknown, wanted: Shape): unknown {
  switch (wanted.kind) {
    case 'whole':
      return value;
    case 'each':
      if (Array.isArray(value)) return value.map((part: unknown) => pruned(part, wanted.part));
      return isObject(value)
        ? objectOf(entriesOf(value).map(([key, part]) => [key, pruned(part, wanted.part)]))
        : value;
    case 'members':
      if (!isObject(value)) return value;
      return objectOf(
        entriesOf(value).flatMap(([key, part]) => {
          const partWanted = Object.hasOwn(wanted.members, key) ? wanted.members[key] : undefined;
          return partWanted === undefined || isOnlyNoted(partWanted) ? [] : [[key, pruned(part, partWanted)] as const];
        }),
      );
  }
}

function isOnlyNoted(wanted: Shape): boolean {
  return wanted.kind === 'whole' && wanted.options.copied === false;
}

function wantedOf(section: string): Shape {
  const wanted = layout[section];
  if (wanted === undefined || wanted === 'value') throw new Error(`No entries of ${section} are wanted.`);
  return wanted;
}

/** What may be left out, is: members that are null, {} or [], that hold nothing else, and code without evidence. */
function withoutNothing(value: unknown, wanted: Shape): unknown {
  switch (wanted.kind) {
    case 'whole': {
      const { containing } = wanted.options;
      return containing === undefined || JSON.stringify(value).includes(containing) ? value : null;
    }
    case 'each':
      if (Array.isArray(value)) return value.map((part: unknown) => withoutNothing(part, wanted.part));
      return isObject(value)
        ? objectOf(entriesOf(value).map(([key, part]) => [key, withoutNothing(part, wanted.part)]))
        : value;
    case 'members':
      if (!isObject(value)) return value;
      return objectOf(
        entriesOf(value).flatMap(([key, part]) => {
          const partWanted = wanted.members[key];
          const rest = partWanted === undefined ? part : withoutNothing(part, partWanted);
          return rest === null || (typeof rest === 'object' && Object.keys(rest).length === 0) ? [] : [[key, rest]];
        }),
      );
  }
}

/** `__proto__` is a key like any other. */
function objectOf<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const object: Record<string, T> = {};
  for (const [key, value] of entries)
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
  return object;
}

function noteIn(entry: unknown, outer: string, inner: string): unknown {
  const within = isObject(entry) && Object.hasOwn(entry, outer) ? entry[outer] : null;
  return isObject(within) && Object.hasOwn(within, inner) ? within[inner] : 'none';
}

/** The outcome of either way, so that they can be compared: what was found, or that it is not JSON. */
function outcomeOf(work: () => Found): Found | 'no JSON' {
  try {
    return work();
  } catch (error) {
    if (error instanceof ProblemError || error instanceof UnreadableJson) return 'no JSON';
    throw error;
  }
}

const keys = [
  'name',
  'nape',
  'config',
  'meta',
  'tags',
  'kind',
  'depends_on',
  'nodes',
  'columns',
  'timing',
  'code',
  'other',
  'results',
  'metadata',
  '',
  'na',
  'named',
  '__proto__',
  '7',
  'größe',
  'n\\u0061me',
  'n\\u0061mes',
  '\\u006dame',
  'con\\u0066ig',
  '\\u006eodes',
  'a\\"b',
  '\\ud83d\\ude00',
  '\\ud83d',
  'no\\/des',
];
const strings = [
  '',
  'x',
  'dq_report:',
  '/* dq_report:{\\"v\\":1} */',
  'dq\\u005freport:',
  'dq_report',
  '\\"',
  '\\\\',
  '\\\\\\"}',
  '{\\"a\\": [1, 2',
  '}, {',
  'größe 😀',
  '\\ud83d\\ude00',
  '\\udc00',
  '\\u00e9\\n\\t\\b\\f\\r\\/',
  'NaN',
  '-Infinity',
  'a\u2028b',
  'x'.repeat(70),
];
const scalars = [
  '0',
  '-0',
  '12',
  '-1.5e+3',
  '1E2',
  '0.25',
  'true',
  'false',
  'null',
  'NaN',
  '-NaN',
  'Infinity',
  '-Infinity',
];
const blank = fc.constantFrom('', '', ' ', '\n  ', '\t\r\n');
const key = fc
  .oneof(fc.constantFrom(...keys), fc.constantFrom('name', 'config', 'depends_on', 'nodes'))
  .map((text) => `"${text}"`);
const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'json' },
    fc.constantFrom(...strings).map((text) => `"${text}"`),
    fc.constantFrom(...scalars),
    tie('list'),
    tie('object'),
    tie('object'),
  ),
  list: fc
    .tuple(blank, fc.array(fc.tuple(blank, tie('value'), blank), { maxLength: 3 }))
    .map(([inside, parts]) => `[${parts.length === 0 ? inside : parts.map((part) => part.join('')).join(',')}]`),
  object: fc
    .tuple(blank, fc.array(fc.tuple(blank, key, blank, fc.constant(':'), blank, tie('value'), blank), { maxLength: 5 }))
    .map(([inside, parts]) => `{${parts.length === 0 ? inside : parts.map((part) => part.join('')).join(',')}}`),
}));
const sections = fc.constantFrom('metadata', 'nodes', 'nodes', 'nodes', 'results', 'other', 'macros', '\\u006eodes');
const entries = fc
  .array(fc.tuple(key, value), { minLength: 1, maxLength: 4 })
  .map((parts) => `{${parts.map((part) => part.join(': ')).join(', ')}}`);
const document = fc
  .tuple(
    fc.constantFrom('', '\uFEFF', '\n'),
    fc.array(fc.tuple(sections, fc.oneof(entries, entries, value), blank), { maxLength: 5 }),
    blank,
  )
  .map(
    ([before, parts, after]) =>
      `${before}{${parts.map(([name, text, space]) => `"${name}":${space}${text}${space}`).join(',')}}${after}`,
  );

function asFile(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Everything that can be cut in two: escapes, umlauts, emoji, numbers, nesting. */
const small =
  '{"metadata": {"a": [{"b": "q\\"\\\\", "ü": "é😀\\u00e9"}, -1.5e+3, true, null, NaN]}, "c": {"d": []}, "nodes": {"x": {"name": -Infinity, "config": {"meta": {}, "kind": "view"}}}}';

function reasonOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof UnreadableJson) return error.reason;
    throw error;
  }
  return 'none';
}

describe.each(kernels)('the scanner in %s', (_, kernel) => {
  test('finds what JSON.parse finds, whatever the document and however the file is cut into windows', () => {
    fc.assert(
      fc.property(
        document,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 300 }),
        (text, chunkBytes, windowBytes) => {
          expect(scanned(Buffer.from(text), { kernel, chunkBytes, windowBytes })).toEqual(parsed(asFile(text)));
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('refuses what JSON.parse refuses, and nothing else, when bytes are lost, changed or added', () => {
    const bytes = fc.constantFrom(...'{}[]",:\\ 0-.eE+truNIé\0\n\u001f\u007f'.split(''));
    fc.assert(
      fc.property(
        document,
        fc.nat(),
        fc.nat({ max: 2 }),
        fc.oneof(bytes, fc.constant('')),
        fc.integer({ min: 1, max: 99 }),
        (text, at, lost, added, windowBytes) => {
          const before = Buffer.from(text);
          const place = at % (before.length + 1);
          const changed = Buffer.concat([before.subarray(0, place), Buffer.from(added), before.subarray(place + lost)]);
          expect(outcomeOf(() => scanned(changed, { kernel, windowBytes }))).toEqual(
            outcomeOf(() => parsed(asFile(changed.toString()))),
          );
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('knows a document that ends too early at any byte', () => {
    const bytes = Buffer.from(small);
    for (let length = 0; length < bytes.length; length += 1)
      expect([length, reasonOf(() => scanned(bytes.subarray(0, length), { kernel, windowBytes: 16 }))]).toEqual([
        length,
        'cut_off',
      ]);
    expect(scanned(bytes, { kernel })).toEqual(parsed(small));
  });

  test.each([
    '',
    ' ',
    '[]',
    '7',
    '"nodes"',
    '{]',
    '{"nodes": {]}',
    '{,}',
    '{"a": 1,}',
    '{"nodes": {},}',
    '{}}',
    '{}{}',
    '{"nodes": {"x": 01}}',
    '{"nodes": \0}',
    '{"a": {"b": [1 2]}}',
    '{"a": tru}',
    '{"a": -true}',
    '{"a": .5}',
    '{"a": 1.}',
    '{"a": 1e}',
    '{"a": NaN1}',
    '{"a": "\\x"}',
    '{"a": "\\u12g4"}',
    '{"a": "\n"}',
    '{"a": "\0"}',
    "{'a': 1}",
    '{a: 1}',
    '{"a" 1}',
    '<html>',
  ])('refuses %j', (text) => {
    expect(reasonOf(() => scanned(Buffer.from(text), { kernel }))).toBe(text.trim() === '' ? 'cut_off' : 'malformed');
  });

  test('takes an entry that is much larger than the window, and brackets in each other by the hundred thousand', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const long = 'x"\\'.repeat(300_000);
    const text = `{"macros": {"m": ${deep}}, "nodes": {"a": {"name": ${JSON.stringify(long)}, "code": ${deep}, "config": {"tags": ${deep}}}}}`;
    const found = scanned(Buffer.from(text), { kernel, windowBytes: 64 });
    const [entry] = found.sections['nodes']?.entries ?? [];
    expect(isObject(entry?.[1]) ? entry[1]['name'] : null).toBe(long);
  });

  test.each([
    ['{"nape": null, "name": "a", "config": {"meta": {}, "tags": [ ]}}', '{"name": "a", "config": {}}'],
    ['{"name": "a", "other": 1, "code": "select 1", "config": { }}', '{"name": "a"}'],
    ['{"name": "a", "columns": {"b": {"meta": {}}, "c": {"x": 1}}}', '{"name": "a", "columns": {"b": {}, "c": {}}}'],
    ['{"name": "a", "name": null, "config": {"kind": 1}, "config": {}}', null],
  ])('leaves out what is empty, unless it takes back what came before: %s', (entry, copy) => {
    const bytes = Buffer.from(`{"nodes": {"a": ${entry}}}`);
    let copied = '';
    const visitor = {
      value() {},
      section() {},
      entry: (_key: string, buffer: Buffer, start: number, end: number) =>
        (copied = buffer.toString('utf8', start, end)),
    };
    let at = 0;
    const read = (into: Buffer, offset: number): number => {
      const count = bytes.copy(into, offset, at);
      at += count;
      return count;
    };
    scanJson(read, layout, visitor, { kernel });
    expect(copied).toBe(copy ?? entry);
  });

  test('copies no more than there is room for, whatever stands in place of code', () => {
    const entry = `{${'"code":1,'.repeat(2000)}"config":{"meta":[[[7]]]},"name":"${'x'.repeat(5000)}"}`;
    const text = `{"nodes":{"a":${entry}}}`;
    expect(scanned(Buffer.from(text), { kernel, windowBytes: text.length })).toEqual(parsed(text));
  });

  test('takes bytes that are no UTF-8 for the sign that stands for them', () => {
    const text = Buffer.concat([
      Buffer.from('{"nodes": {"'),
      Buffer.from([0xc3, 0x28, 0xff]),
      Buffer.from('": {"name": "'),
      Buffer.from([0xe2, 0x82]),
      Buffer.from('"}}}'),
    ]);
    expect(scanned(text, { kernel, chunkBytes: 1, windowBytes: 1 })).toEqual(parsed(text.toString()));
  });

  test('passes on what the visitor throws', () => {
    const visitor = {
      value() {},
      section() {},
      entry() {
        throw new RangeError('No more room.');
      },
    };
    const bytes = Buffer.from('{"nodes": {"a": {}}}');
    const read = (into: Buffer, offset: number): number => bytes.copy(into, offset);
    expect(() => scanJson(read, layout, visitor, { kernel })).toThrow('No more room.');
  });
});
