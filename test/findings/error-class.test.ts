import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { z } from 'zod';
import { classifyError, describeErrorClass, ERROR_CLASSES, type ErrorClass } from '../../src/findings/error-class.ts';

/**
 * Messages as dbt wrote them, one file an adapter: DuckDB's and PostgreSQL's from real runs, the others from public
 * reports, shortened and with other names. Where a report shows the vendor's words alone, dbt's frame was put around.
 */
const fixtures = join(import.meta.dirname, '../fixtures/error-messages');

const fixtureSchema = z.strictObject({
  adapter: z.string(),
  messages: z.array(
    z.union([
      z.strictObject({ class: z.enum(ERROR_CLASSES), source: z.string(), message: z.array(z.string()) }),
      z.strictObject({ class: z.enum(ERROR_CLASSES), message: z.null(), reason: z.string().min(1) }),
    ]),
  ),
});

const adapters = readdirSync(fixtures).map((file) =>
  fixtureSchema.parse(JSON.parse(readFileSync(join(fixtures, file), 'utf8'))),
);

const messages = adapters.flatMap(({ adapter, messages: ofAdapter }) =>
  ofAdapter.flatMap(({ class: expected, message }) =>
    message === null ? [] : [{ adapter, expected, message: message.join('\n') }],
  ),
);

describe('what adapters say', () => {
  test.each(
    messages.map(({ adapter, expected, message }) => ({ adapter, expected, message, words: wordsOf(message) })),
  )('$adapter: "$words" is $expected', ({ expected, message }) => {
    expect(classifyError(message)).toBe(expected);
  });

  const complete = ['bigquery', 'databricks', 'duckdb', 'postgres', 'redshift', 'snowflake'];
  test.each(complete.flatMap((adapter) => ERROR_CLASSES.map((errorClass) => ({ adapter, errorClass }))))(
    '$adapter has a message of $errorClass, or a reason why there is none',
    ({ adapter, errorClass }) => {
      const ofAdapter = adapters.find((each) => each.adapter === adapter)?.messages ?? [];
      expect(ofAdapter.map((each) => each.class)).toContain(errorClass);
    },
  );
});

describe('names, values and SQL of the user decide nothing', () => {
  test.each<[string, ErrorClass, string]>([
    ['a column named timeout', 'missing_column', framed('column "timeout" does not exist')],
    [
      'a column whose name is a phrase',
      'missing_column',
      framed('column o.permission denied for table x does not exist'),
    ],
    [
      'a table whose name is a phrase',
      'missing_relation',
      framed('relation "canceling statement due to statement timeout" does not exist'),
    ],
    [
      'a table named like a kind of DuckDB',
      'missing_relation',
      framed('Catalog Error: Table with name "Constraint Error: x" does not exist!'),
    ],
    [
      'a schema named like a class of Snowflake',
      'missing_relation',
      framed(
        '002003 (42S02): SQL compilation error:',
        "Object 'DB.SYNTAX_ERROR.INSUFFICIENT_PRIVILEGES' does not exist or not authorized.",
      ),
    ],
    [
      'an identifier of Snowflake that is a phrase',
      'missing_column',
      framed(
        '000904 (42000): SQL compilation error: error line 1 at position 7',
        'invalid identifier \'"permission denied for table x"\'',
      ),
    ],
    [
      'a name BigQuery prints bare',
      'missing_column',
      framed('Unrecognized name: timeout; Did you mean syntax_error? at [3:4]'),
    ],
    [
      'a name in backticks',
      'missing_column',
      framed('[UNRESOLVED_COLUMN] A column with name `[PARSE_SYNTAX_ERROR]` cannot be resolved. SQLSTATE: 42703'),
    ],
    [
      'a name in the text of Trino',
      'unknown',
      framed('TrinoUserError(type=USER_ERROR, name=DIVISION_BY_ZERO, message="name=TABLE_NOT_FOUND, ")'),
    ],
    [
      'a model named like an error',
      'unknown',
      'Database Error in model permission_denied_users (models/syntax error/permission_denied_users.sql)\n  division by zero',
    ],
    [
      'a path that says it did not compile',
      'unknown',
      'Database Error in model orders (models/Compilation Error/orders.sql)\n  division by zero',
    ],
    [
      'a value that is a phrase',
      'type_mismatch',
      framed("Conversion Error: Could not convert string 'Permission Error: no' to INT32"),
    ],
    [
      'a value of two lines',
      'type_mismatch',
      framed('invalid input syntax for type integer: "1', 'permission denied for table x"'),
    ],
    [
      'a row of a CSV file',
      'type_mismatch',
      framed(
        'Conversion Error: CSV Error on Line: 3',
        'Original Line: 2,permission denied',
        'permission denied for table x',
      ),
    ],
    [
      'a row in a DETAIL',
      'constraint',
      framed(
        'null value in column "id" of relation "orders" violates not-null constraint',
        'DETAIL:  Failing row contains (null, syntax error at or near "x").',
      ),
    ],
    [
      'a row below an unknown error',
      'unknown',
      framed(
        'cannot drop table orders because other objects depend on it',
        'DETAIL:  view x',
        'relation "x" does not exist',
      ),
    ],
    [
      'the line of SQL that PostgreSQL repeats',
      'unknown',
      framed('division by zero', 'LINE 3: select syntax error at or near "x"', '               ^'),
    ],
    [
      'the SQL that Spark repeats',
      'unknown',
      framed('[DIVIDE_BY_ZERO] Division by zero.', '== SQL (line 1, position 8) ==', "mismatched input 'x'"),
    ],
    [
      'an error that a project raises itself',
      'compilation',
      'Compilation Error in model orders (models/orders.sql)\n  permission denied for table orders',
    ],
    [
      'an error that a Python model raises itself',
      'unknown',
      framed(
        'Python model failed:',
        'Traceback (most recent call last):',
        '  raise ValueError("x")',
        'ValueError: permission denied for table x',
      ),
    ],
    [
      'bare words in a sentence',
      'unknown',
      framed('The timeout of this connection: no permission, syntax or memory is missing.'),
    ],
    ["dbt's verdict on a data test", 'unknown', 'Got 3 results, configured to fail if != 0'],
    ['nothing', 'unknown', ''],
    ['a bare title, as dbt 2 writes it', 'compilation', 'Compilation Error'],
  ])('%s: %s', (_what, expected, message) => {
    expect(classifyError(message)).toBe(expected);
  });
});

describe('any text', () => {
  const lines = messages.flatMap(({ message }) => message.split('\n'));
  const anyLines = fc.array(fc.oneof(fc.constantFrom(...lines), fc.string(), fc.string({ unit: 'binary' })));

  test('has a class', () => {
    fc.assert(
      fc.property(anyLines, (parts) => {
        expect(ERROR_CLASSES).toContain(classifyError(parts.join('\n')));
      }),
    );
  });

  test('may follow a message without changing its class', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...messages),
        fc.lorem({ mode: 'sentences' }),
        fc.string(),
        ({ expected, message }, prose, noise) => {
          expect(classifyError(`${message}\n${prose}\n${noise}`)).toBe(expected);
        },
      ),
    );
  });

  test('in colour or with line ends of Windows is read alike', () => {
    fc.assert(
      fc.property(fc.constantFrom(...messages), ({ expected, message }) => {
        expect(
          classifyError(
            message
              .split('\n')
              .map((line) => `\u001B[33m${line}\u001B[0m`)
              .join('\r\n'),
          ),
        ).toBe(expected);
      }),
    );
  });

  test.each([
    ['within the first 16,384 characters', `${'x'.repeat(16_000)}\ncolumn "id" does not exist`, 'missing_column'],
    ['beyond them', `${'x'.repeat(16_384)}\ncolumn "id" does not exist`, 'unknown'],
    ['within the first 250 lines', `${'x\n\n'.repeat(249)}column "id" does not exist`, 'missing_column'],
    ['beyond them', `${'x\n\n'.repeat(250)}column "id" does not exist`, 'unknown'],
  ])('decides %s', (_where, message, expected) => {
    expect(classifyError(message)).toBe(expected);
  });

  // Every one of these makes a pattern with two ways to match run for minutes.
  test.each([
    '\n',
    ' ',
    'a',
    '"',
    "'",
    '.a',
    'ERROR: ',
    '400 ',
    'Exception: ',
    ', most recent failure: Lost task ',
    ' does not',
    '" on database "',
  ])('of a megabyte of %j is answered', (part) => {
    for (const start of ['', 'function ', 'column "', 'Job aborted due to stage failure: Task '])
      expect(classifyError(start + part.repeat(1_000_000 / part.length))).toBe('unknown');
  });
});

test.each(ERROR_CLASSES)('%s has a phrase of its own, fit for the middle of a sentence', (errorClass) => {
  const phrase = describeErrorClass(errorClass);
  expect(phrase).toMatch(/^[a-z].*[a-z]$/);
  expect(ERROR_CLASSES.filter((other) => describeErrorClass(other) === phrase)).toEqual([errorClass]);
});

/** Artifacts of public projects, where a checkout has them; they are too many and too large to keep here. */
const corpus = join(import.meta.dirname, '../../../shared/corpus');

(existsSync(corpus) ? test : test.skip)(
  'every error in the artifacts of public projects is known (skipped without ../shared/corpus)',
  () => {
    const file = z.object({ results: z.array(z.object({ status: z.string(), message: z.string().nullish() })) });
    const said = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
      .filter((path) => /run_results[^/]*\.json$/.test(path))
      .flatMap((path) => file.safeParse(JSON.parse(readFileSync(join(corpus, path), 'utf8'))).data?.results ?? [])
      .flatMap(({ status, message }) => (status.toLowerCase() === 'error' && message ? [message] : []));
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter((message) => classifyError(message) === 'unknown')).toEqual([]);
  },
);

function framed(...lines: readonly string[]): string {
  return ['Database Error in model orders (models/orders.sql)', ...lines.map((line) => `  ${line}`)].join('\n');
}

/** For a test's name: the first line below dbt's frame. */
function wordsOf(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  const words = lines.find((line) => line !== '' && !/^\w+ Error(?: in .*)?$|failed, error:$/.test(line)) ?? message;
  return words.length > 90 ? `${words.slice(0, 90)}…` : words;
}
