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

describe("words from the vendors' documentation and source, without a public run of dbt that shows them", () => {
  test.each<[ErrorClass, string]>([
    ['permission', 'IO Error: Cannot open file "orders.csv": Permission denied'],
    ['permission', 'new row violates row-level security policy for table "orders"'],
    ['syntax', 'invalid reference to FROM-clause entry for table "orders"'],
    ['type_mismatch', 'could not identify an equality operator for type json'],
    ['constraint', 'could not create unique index "orders_pkey"'],
    ['constraint', 'no partition of relation "orders" found for row'],
    ['connection', 'could not translate host name "db" to address: Name or service not known'],
    ['connection', 'SSL SYSCALL error: EOF detected'],
    ['connection', 'sorry, too many clients already'],
    ['connection', 'password authentication failed for user "loader"'],
    ['resources', 'could not extend file "base/16385/24577": No space left on device'],
    ['resources', 'could not write block 12 of temporary file: No space left on device'],
    ['permission', '000606 (57P03): No active warehouse selected in the current session.'],
    [
      'permission',
      "090105 (22000): Cannot perform CREATE. This session does not have a current database. Call 'USE DATABASE'.",
    ],
    ['syntax', '000979 (42601): SQL compilation error:\n[SUM(ORDERS.AMOUNT)] is not a valid group by expression'],
    ['syntax', "002028 (42601): SQL compilation error:\nambiguous column name 'ID'"],
    [
      'syntax',
      '001789 (42601): SQL compilation error:\ninvalid number of result columns for set operator input branches',
    ],
    ['type_mismatch', "100040 (22007): Date '2024-13-45' is not recognized"],
    ['type_mismatch', '100071 (22000): Failed to cast variant value "x" to FIXED'],
    [
      'type_mismatch',
      "001044 (42P13): SQL compilation error: error line 1 at position 7\nInvalid argument types for function 'SUM': (DATE)",
    ],
    [
      'type_mismatch',
      'Expression type does not match column data type, expecting DATE but got VARCHAR(1) for column D',
    ],
    ['type_mismatch', 'Number out of representable range: type FIXED[SB16](38,0){nullable}, value 1e40'],
    ['connection', 'Incorrect username or password was specified.'],
    ['connection', 'This error occurs when authentication has expired. Please reauth with your auth provider.'],
    ['missing_column', 'Column code in USING clause not found on left side of join at [3:4]'],
    ['missing_column', 'Name code not found inside o at [3:4]'],
    ['syntax', 'Duplicate column names in the result are not supported. Found duplicate(s): id'],
    ['syntax', 'SELECT list expression references column id which is neither grouped nor aggregated at [1:8]'],
    ['syntax', 'Aggregate function SUM not allowed in WHERE clause at [3:7]'],
    ['type_mismatch', 'Failed to parse input string "x"'],
    ['type_mismatch', "Invalid timestamp: 'x'"],
    ['type_mismatch', 'int64 overflow: 9223372036854775807 + 1'],
    ['type_mismatch', 'Column 2 in UNION ALL has incompatible types: BOOL, INT64 at [3:1]'],
    [
      'connection',
      "Unable to generate access token, if you're using impersonate_service_account, make sure your initial account has the role",
    ],
    ['resources', 'Query exceeded limit for bytes billed: 2000000000. 20004857600 or higher required.'],
    ['resources', 'Exceeded rate limits: too many table update operations for this table.'],
    ['resources', 'Quota exceeded: Your project exceeded quota for free query bytes scanned.'],
    [
      'missing_column',
      '[DELTA_MERGE_UNRESOLVED_EXPRESSION] Cannot resolve o.code in UPDATE clause given columns o.id.',
    ],
    ['syntax', '[AMBIGUOUS_REFERENCE] Reference `id` is ambiguous, could be: [`o`.`id`, `b`.`id`].'],
    [
      'type_mismatch',
      '[CAST_INVALID_INPUT] The value \'x\' of the type "STRING" cannot be cast to "INT" because it is malformed.',
    ],
    ['type_mismatch', "[DELTA_FAILED_TO_MERGE_FIELDS] Failed to merge fields 'id' and 'id'"],
    [
      'constraint',
      '[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE] Cannot perform Merge as multiple source rows matched',
    ],
    ['permission', 'Code: 497. DB::Exception: loader: Not enough privileges. (ACCESS_DENIED)'],
    ['syntax', "Code: 62. DB::Exception: Syntax error: failed at position 8 ('from'). (SYNTAX_ERROR)"],
    ['type_mismatch', "Code: 6. DB::Exception: Cannot parse string 'x' as Int32. (CANNOT_PARSE_TEXT)"],
    [
      'constraint',
      'Code: 469. DB::Exception: Constraint `positive` for table default.orders is violated. (VIOLATED_CONSTRAINT)',
    ],
    ['timeout', 'Code: 159. DB::Exception: Timeout exceeded: elapsed 60 seconds, maximum: 60. (TIMEOUT_EXCEEDED)'],
    ['connection', 'Code: 210. DB::NetException: Connection refused (localhost:9000). (NETWORK_ERROR)'],
    [
      'missing_column',
      'TrinoUserError(type=USER_ERROR, name=COLUMN_NOT_FOUND, message="line 1:8: Column \'timeout\' cannot be resolved", query_id=1)',
    ],
    [
      'missing_column',
      "COLUMN_NOT_FOUND: line 1:8: Column 'timeout' cannot be resolved or requester is not authorized to access requested resources",
    ],
    [
      'missing_relation',
      'TrinoUserError(type=USER_ERROR, name=TABLE_NOT_FOUND, message="line 1:15: Table \'a.b.c\' does not exist", query_id=1)',
    ],
    [
      'permission',
      'TrinoUserError(type=USER_ERROR, name=PERMISSION_DENIED, message="Access Denied: Cannot select", query_id=1)',
    ],
    [
      'syntax',
      'TrinoUserError(type=USER_ERROR, name=SYNTAX_ERROR, message="line 1:8: mismatched input \'from\'", query_id=1)',
    ],
    [
      'timeout',
      'TrinoQueryError(type=INSUFFICIENT_RESOURCES, name=EXCEEDED_TIME_LIMIT, message="Query exceeded", query_id=1)',
    ],
    [
      'resources',
      'TrinoQueryError(type=INSUFFICIENT_RESOURCES, name=EXCEEDED_GLOBAL_MEMORY_LIMIT, message="Query exceeded", query_id=1)',
    ],
    [
      'permission',
      sqlServer(
        '42000',
        "The SELECT permission was denied on the object 'orders', database 'shop', schema 'dbo'. (229)",
      ),
    ],
    ['syntax', sqlServer('42000', "Incorrect syntax near 'from'. (102)")],
    [
      'type_mismatch',
      sqlServer('22018', "Conversion failed when converting the varchar value 'x' to data type int. (245)"),
    ],
    ['type_mismatch', sqlServer('22003', 'Arithmetic overflow error converting expression to data type int. (8115)')],
    [
      'constraint',
      sqlServer(
        '23000',
        "Violation of PRIMARY KEY constraint 'pk_orders'. Cannot insert duplicate key in object 'dbo.orders'. (2627)",
      ),
    ],
    [
      'timeout',
      "('HYT00', '[HYT00] [Microsoft][ODBC Driver 18 for SQL Server]Query timeout expired (0) (SQLExecDirectW)')",
    ],
    ['type_mismatch', 'error: dbt0416: Cast failed: Cannot CAST expression of type DATE to type INTEGER'],
  ])('%s: %j', (expected, words) => {
    expect(classifyError(framed(...words.split('\n')))).toBe(expected);
  });
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

describe('a class of Databricks that no rule names', () => {
  test.each<[string, ErrorClass]>([
    ['42703', 'missing_column'],
    ['42P01', 'missing_relation'],
    ['42501', 'permission'],
    ['42601', 'syntax'],
    ['23505', 'constraint'],
    ['22012', 'unknown'],
  ])('is known by its SQLSTATE %s as %s', (state, expected) => {
    expect(classifyError(framed(`[NEW_CLASS] Something else is wrong. SQLSTATE: ${state}; line 1 pos 7`))).toBe(
      expected,
    );
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

/** Artifacts of public projects, where a checkout has them beside it; they are too many and too large to keep here. */
const corpus = join(import.meta.dirname, '../../../shared/corpus');

if (existsSync(corpus)) {
  test('every error in the artifacts of public projects has a class', () => {
    const said = errorsIn(corpus);
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter((message) => classifyError(message) === 'unknown')).toEqual([]);
  });
} else {
  // oxlint-disable-next-line jest/no-disabled-tests, jest/expect-expect -- nothing to read without the corpus
  test.skip('every error in the artifacts of public projects has a class: no ../shared/corpus to read', () => {});
}

function errorsIn(folder: string): readonly string[] {
  const file = z.object({ results: z.array(z.object({ status: z.string(), message: z.string().nullish() })) });
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /run_results[^/]*\.json$/.test(path))
    .flatMap((path) => file.safeParse(JSON.parse(readFileSync(join(folder, path), 'utf8'))).data?.results ?? [])
    .flatMap(({ status, message }) => (status.toLowerCase() === 'error' && message ? [message] : []));
}

function framed(...lines: readonly string[]): string {
  return ['Database Error in model orders (models/orders.sql)', ...lines.map((line) => `  ${line}`)].join('\n');
}

function sqlServer(state: string, words: string): string {
  return `('${state}', "[${state}] [Microsoft][ODBC Driver 18 for SQL Server][SQL Server]${words} (SQLExecDirectW)")`;
}

/** For a test's name: the first line below dbt's frame. */
function wordsOf(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  const words = lines.find((line) => line !== '' && !/^\w+ Error(?: in .*)?$|failed, error:$/.test(line)) ?? message;
  return words.length > 90 ? `${words.slice(0, 90)}…` : words;
}
