import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmod, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { parseJson, readJsonFile } from '../../src/artifacts/json.ts';
import { parseManifest } from '../../src/artifacts/read-manifest.ts';
import { parseRunResults } from '../../src/artifacts/run-results.ts';
import { parseSources } from '../../src/artifacts/sources.ts';
import { type Problem, ProblemError } from '../../src/errors.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dq-report-json-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** The one problem that the work ends in, its path shortened to the name; fails for any other end. */
async function problemOf(work: () => unknown): Promise<Problem> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const [problem] = error.problems;
    if (problem === undefined || error.problems.length > 1) throw error;
    return { ...problem, what: problem.what.replaceAll(`${folder}/`, '') };
  }
  throw new Error('There was no problem.');
}

/** An artifact with everything that can be cut in two: escapes, umlauts, emoji, numbers, nesting. */
const small = '{"a": [{"b": "q\\"\\\\", "ü": "é😀\\u00e9"}, -1.5e+3, true, null, NaN], "c": {"d": []}}\n';

describe('a file that cannot be read', () => {
  test.each([
    ['that is not there', 'missing.json', 'There is no file missing.json.', 'Check the path, or run dbt first.'],
    [
      'below a file',
      'a-file/run_results.json',
      'There is no file a-file/run_results.json.',
      'Check the path, or run dbt first.',
    ],
    [
      'that is a directory',
      'a-directory',
      'a-directory is a directory, not a file.',
      'Name the JSON file inside it, or give the directory to --target-path.',
    ],
    ['of 3 GiB', 'huge.json', 'huge.json is larger than 2 GiB.', 'Report on a smaller selection of the project.'],
    [
      'with a name that is too long',
      'x'.repeat(300),
      `${'x'.repeat(300)} could not be read (ENAMETOOLONG).`,
      'Check the file and the disk it lies on.',
    ],
  ])('%s', async (_, name, what, next) => {
    await file('a-file', '{}');
    await mkdir(join(folder, 'a-directory'), { recursive: true });
    // Sparse: it takes no room on the disk.
    const huge = await open(join(folder, 'huge.json'), 'w');
    await huge.truncate(3 * 2 ** 30);
    await huge.close();
    expect(await problemOf(() => readJsonFile(join(folder, name)))).toEqual({
      code: 'artifact_unreadable',
      what,
      next,
    });
  });

  test('for want of permission', async () => {
    const path = await file('locked.json', '{}');
    await chmod(path, 0);
    // Root may read everything: become nobody for a moment.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(await problemOf(() => readJsonFile(path))).toEqual({
        code: 'artifact_unreadable',
        what: 'locked.json may not be read by this user.',
        next: 'Give this user the right to read it.',
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });
});

const stopped = 'dbt was probably stopped while it wrote the file, or the disk was full. Run dbt again.';
const cutOff = 'dbt was probably stopped while it wrote the file. Run dbt again.';
const page = 'A login or error page was probably saved in place of the artifact. Download it again.';
const notJson =
  'Name a file that dbt wrote. If dbt did write this one, two commands may have written it at once: run dbt again.';
const utf16 = 'Copy the file without passing it through a shell redirection.';

describe('a file that holds no JSON', () => {
  test.each<[string, string | Uint8Array, string, string]>([
    ['0 bytes', '', 'is empty.', stopped],
    ['white space', ' \r\n\t\n', 'is empty.', stopped],
    ['a byte order mark alone', '\uFEFF', 'is empty.', stopped],
    ['zeros, as after a crash', '\0'.repeat(512), 'is empty.', stopped],
    ['the first half', '{"results": [{"unique_id": "a"', 'ends in the middle.', cutOff],
    ['a string without end', '{"results": "a\\"', 'ends in the middle.', cutOff],
    ['half of NaN', '{"results": [Na', 'ends in the middle.', cutOff],
    ['HTML', '\n<!doctype html><html lang="en"></html>', 'is an HTML or XML page, not JSON.', page],
    ['XML', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'is an HTML or XML page, not JSON.', page],
    ['YAML', 'version: 2\nmodels:\n  - name: orders\n', 'is not JSON.', notJson],
    ['a log', '12:36:45  Running with dbt=1.11.16\n', 'is not JSON.', notJson],
    ['text with half a quotation', 'he said "no', 'is not JSON.', notJson],
    ['two documents', '{"results": []}{"results": []}', 'is not JSON.', notJson],
    ['the end of a longer file behind it', '{"results": []}": "x"}]}', 'is not JSON.', notJson],
    ['a bracket too many', '{"results": []}}', 'is not JSON.', notJson],
    ['a comma too many', '{"results": [],}', 'is not JSON.', notJson],
    [
      'UTF-16 as PowerShell writes it',
      Buffer.from('\uFEFF{}', 'utf16le'),
      'is encoded as UTF-16; dbt writes UTF-8.',
      utf16,
    ],
    [
      'UTF-16, big end first',
      Buffer.from('\uFEFF{}', 'utf16le').swap16(),
      'is encoded as UTF-16; dbt writes UTF-8.',
      utf16,
    ],
  ])('but %s', async (_, content, what, next) => {
    const path = await file('odd.json', content);
    expect(await problemOf(() => readJsonFile(path))).toEqual({
      code: 'artifact_invalid',
      what: `odd.json ${what}`,
      next,
    });
  });

  test('because it was cut off at any byte: one problem that says so, never another exception', async () => {
    const bytes = Buffer.from(small);
    for (let length = 0; length < bytes.length - 1; length += 1) {
      const path = await file('cut.json', bytes.subarray(0, length));
      const { code, what } = await problemOf(() => readJsonFile(path));
      expect({ length, code, what }).toEqual({
        length,
        code: 'artifact_invalid',
        what: length === 0 ? 'cut.json is empty.' : 'cut.json ends in the middle.',
      });
    }
    expect((await readJsonFile(await file('cut.json', bytes.subarray(0, -1)))).value).toEqual(
      (await readJsonFile(await file('whole.json', bytes))).value,
    );
  });

  test('because it is anything at all', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '{',
            '}',
            '[',
            ']',
            '"',
            ',',
            ':',
            '\\',
            ' ',
            '\n',
            'NaN',
            'Infinity',
            '-',
            '1',
            'a',
            'é',
          ),
        }),
        (text) => {
          try {
            parseJson(text, 'x');
          } catch (error) {
            if (!(error instanceof ProblemError)) throw error;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('JSON as Python writes it', () => {
  test('may begin with a byte order mark', async () => {
    expect((await readJsonFile(await file('bom.json', '\uFEFF{"a": 1}'))).value).toEqual({ a: 1 });
  });

  test.each([
    ['{"a": NaN, "b": [Infinity, -Infinity,NaN]}', { a: null, b: [null, null, null] }],
    [
      '{"skipped": {"deep": [[-Infinity]]}, "NaN": "NaN, -Infinity"}',
      { skipped: { deep: [[null]] }, NaN: 'NaN, -Infinity' },
    ],
    ['{"a\\\\": NaN, "b\\"": "\\"NaN\\\\"}', { 'a\\': null, 'b"': '"NaN\\' }],
    ['NaN', null],
  ])('%s: numbers that are none become null, words in strings stay', (text, value) => {
    expect(parseJson(text, 'x')).toEqual(value);
  });

  test.each(['{"a": NaN1}', '{"a": aNaN}', '{NaN: 1}', '{"a": --Infinity}'])('%s stays wrong', async (text) => {
    expect((await problemOf(() => parseJson(text, 'x'))).what).toBe('x is not JSON.');
  });

  test('of any content is read like the same JSON with nulls', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: fc.constantFrom('"', '\\', 'NaN', '-Infinity', ' ', ',', '[', 'é') }),
        (value) => {
          const text = JSON.stringify({ value, last: 'end' }).replace(/"end"}$/, 'NaN}');
          expect(parseJson(text, 'x')).toEqual({ value: JSON.parse(JSON.stringify(value)), last: null });
        },
      ),
    );
  });
});

describe('JSON that is another document than the wanted one', () => {
  const schema = (kind: string) => `https://schemas.getdbt.com/dbt/${kind}.json`;
  const documents: Record<string, unknown> = {
    'an array': [],
    'a number': 7,
    null: null,
    'a text': 'run_results',
    'an empty object': {},
    'a list of the wrong type': { results: {}, nodes: [] },
    'a catalog.json': { metadata: { dbt_schema_version: schema('catalog/v1') }, nodes: {}, sources: {} },
    'a freshness.json': { metadata: { dbt_schema_version: schema('freshness/v0') }, results: [] },
  };
  const wanted = [
    { name: 'run_results.json', parse: parseRunResults, others: ['manifest/v12', 'sources/v3'] },
    { name: 'sources.json', parse: parseSources, others: ['manifest/v12', 'run-results/v6'] },
    { name: 'manifest.json', parse: parseManifest, others: ['run-results/v6', 'sources/v3'] },
  ];

  test.each(wanted)('in place of $name', async ({ name, parse, others }) => {
    const asOthers = others.map((other): [string, unknown] => [
      other,
      { metadata: { dbt_schema_version: schema(other) }, results: [], nodes: {} },
    ]);
    for (const [, value] of [...Object.entries(documents), ...asOthers]) {
      const { code, what, next } = await problemOf(() => parse({ path: 'x.json', value }));
      expect({ code, next }).toEqual({
        code: 'artifact_invalid',
        next: `Name the ${name} that dbt wrote, usually target/${name}.`,
      });
      expect(what).toMatch(new RegExp(`^x\\.json is not a ${name} of dbt( but https:\\S+)?\\.$`));
    }
  });

  test('says which one it is where it knows', async () => {
    const value = documents['a catalog.json'];
    expect((await problemOf(() => parseManifest({ path: 'x.json', value }))).what).toBe(
      `x.json is not a manifest.json of dbt but ${schema('catalog/v1')}.`,
    );
  });

  test('a run_results.json of which nothing can be read, as before dbt 0.19, is none', async () => {
    const value = { results: [{ node: { unique_id: 'model.shop.a' }, status: 'OK' }] };
    expect((await problemOf(() => parseRunResults({ path: 'x.json', value }))).what).toBe(
      'x.json is not a run_results.json of dbt.',
    );
  });

  test('files of other writers, without a version of their own, are taken', () => {
    expect(
      parseRunResults({ path: 'x', value: { metadata: { dbt_schema_version: 'v1' }, results: [] } }).results,
    ).toEqual([]);
    expect(parseManifest({ path: 'x', value: { nodes: {} } }).present).toBe(true);
    expect(parseSources({ path: 'x', value: { results: [] } }).results).toEqual([]);
  });
});
