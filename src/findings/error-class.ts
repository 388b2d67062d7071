import { stripVTControlCharacters } from 'node:util';

export const ERROR_CLASSES = [
  'missing_column',
  'missing_relation',
  'permission',
  'syntax',
  'type_mismatch',
  'constraint',
  'timeout',
  'connection',
  'resources',
  'compilation',
  'contract',
  'unknown',
] as const;
/** What kind of error stopped a node, whatever the warehouse. */
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** A short phrase for people, to follow "because" or a colon. */
const PHRASES: Readonly<Record<ErrorClass, string>> = {
  missing_column: 'a column is missing',
  missing_relation: 'a table, view or file is missing',
  permission: 'a permission is missing',
  syntax: 'the SQL is not valid',
  type_mismatch: 'a value or a column has the wrong type',
  constraint: 'rows break a constraint or a unique key',
  timeout: 'the query ran out of time',
  connection: 'the warehouse could not be reached',
  resources: 'the warehouse ran out of memory, space or quota',
  compilation: 'dbt could not compile it',
  contract: 'the columns do not match the contract',
  unknown: 'the cause is not one that dq-report knows',
};

export function describeErrorClass(errorClass: ErrorClass): string {
  return PHRASES[errorClass];
}

type Rule = readonly [ErrorClass, RegExp];

/** What dbt and its packages say themselves, below "Compilation Error". */
const DBT_RULES: readonly Rule[] = [
  ['contract', /^This model has an enforced contract/],
  ['contract', /^Contracted models require data_type/],
  // `on_schema_change: fail`: the source drifted away from the table, though no query failed.
  ['missing_column', /^The source and target schemas on this incremental model are out of sync!/],
  ['missing_column', /^Invalid column name: '.*' in unit test fixture/],
  ['missing_relation', /^Not able to get columns for unit test '.*' because the relation doesn't exist/],
  ['missing_relation', /^In get_column_values\(\): relation .* does not exist/],
];

/**
 * What warehouses and their drivers say. The first line that any rule knows decides; on one line the first rule.
 * A phrase stands at the start of its line, because what follows may be anybody's: a column named `timeout`,
 * a value that says "permission denied". To add one, add a line, and a message to test/fixtures/error-messages/.
 *
 * Deliberately in no rule, so `unknown`: division by zero (neither the type nor the SQL is wrong), conflicts of
 * transactions, "already exists", a cancel by hand. Overflow is `type_mismatch`: the value does not fit its type.
 */
const WAREHOUSE_RULES: readonly Rule[] = [
  // DuckDB names the kind first. `Binder Error` is many things: the general rule comes last.
  ['missing_column', /^Binder Error: Referenced column ".*" not found/],
  ['missing_column', /^Binder Error: (?:Table|Values list|View) ".*" does not have a column (?:named|with name)/],
  ['missing_column', /^Binder Error: Column ".*" in (?:EXCLUDE|REPLACE) list not found/],
  ['missing_column', /^Binder Error: Could not find key ".*" in struct/],
  ['type_mismatch', /^Binder Error: (?:No function matches|Cannot (?:compare|mix) values of type)/],
  ['syntax', /^(?:Binder|Parser) Error: /],
  ['missing_relation', /^Catalog Error: (?:Table|View|Schema) with name .* does not exist/],
  ['missing_relation', /^IO Error: (?:No files found that match|Cannot open file ".*": No such file)/],
  ['syntax', /^Catalog Error: (?:[A-Z]\w+ )?(?:Function|Macro|Type) with name .* does not exist/],
  ['permission', /^Permission Error: /],
  ['permission', /^IO Error: Cannot open file ".*": Permission denied/],
  ['permission', /^Invalid Input Error: Cannot execute statement of type "\w+" on database ".*" .* read-only mode/],
  ['type_mismatch', /^(?:Conversion|Out of Range|Mismatch Type) Error: /],
  ['type_mismatch', /^Invalid Input Error: (?:CSV Error|Error in file|Could not (?:parse|convert)|Failed to cast)/],
  ['constraint', /^Constraint Error: /],
  ['connection', /^IO Error: Could not (?:set lock on file|establish connection)/],
  ['connection', /^(?:Connection Error: |Failed to download extension )/],
  ['resources', /^Out of Memory Error: /],

  // PostgreSQL, and Redshift where it kept the words.
  ['missing_column', /^column (?:"[^"]*"|[^"]+)(?: of relation "[^"]*")? does not exist/],
  ['missing_relation', /^(?:relation|table|(?:materialized )?view|schema|database) "[^"]*" does not exist/i],
  ['permission', /^(?:permission denied (?:for|to) |must be (?:owner of|superuser|a member of|able to) )/],
  ['permission', /^new row violates row-level security policy/],
  ['permission', /^cannot execute .* in a read-only transaction/],
  ['syntax', /^(?:syntax error at |unterminated quoted |missing FROM-clause entry )/],
  ['syntax', /^invalid reference to FROM-clause entry /],
  ['syntax', /^column (?:reference )?"[^"]*" (?:is ambiguous|must appear in the GROUP BY|specified more than once)/],
  ['syntax', /^(?:aggregate|window) functions? (?:calls )?.*(?:not allowed|requires an OVER clause)/],
  ['syntax', /^(?:each \w+ query must have the same number of columns|subquery in FROM must have an alias)/],
  ['syntax', /^cross-database references? /],
  // PostgreSQL says this of an unknown function and of wrong argument types alike: the SQL is wrong in both.
  ['syntax', /^(?:function .*|type "[^"]*") does not exist/],
  ['type_mismatch', /^(?:invalid input syntax for |operator does not exist: |cannot cast type )/],
  ['type_mismatch', /^could not identify an? \w+ operator /],
  ['type_mismatch', /^(?:\w+|value ".*"|date\/time field value|numeric value) (?:is )?out of range/],
  ['type_mismatch', /^(?:numeric field overflow|value too long for type )/],
  ['type_mismatch', /^invalid (?:value ".*" for "|XML |byte sequence for encoding )/],
  ['type_mismatch', /^(?:[A-Z]+ types .* cannot be matched|argument of [A-Z]+ must be )/],
  ['type_mismatch', /^column "[^"]*" (?:is of type .* but expression is of type|cannot be cast automatically to type)/],
  ['constraint', /^(?:null value in column |new row for relation |duplicate key value ).*violates /],
  ['constraint', /^(?:insert or update|update or delete) on table .* violates foreign key constraint /],
  ['constraint', /^(?:could not create unique index |no partition of relation .* found for row)/],
  ['constraint', /^(?:MERGE|ON CONFLICT DO UPDATE) command cannot affect row a second time/],
  ['timeout', /^canceling statement due to (?:statement|lock) timeout/],
  ['connection', /^(?:connection to server |could not (?:connect to|receive data from|send data to) server)/],
  ['connection', /^could not translate host name /],
  ['connection', /^(?:server closed the connection |terminating connection )/],
  ['connection', /^SSL (?:SYSCALL error|connection has been closed)/],
  ['connection', /^(?:connection (?:already|is) closed|remaining connection slots |sorry, too many clients)/],
  ['connection', /^password authentication failed/],
  ['resources', /^(?:temporary file size exceeds temp_file_limit|out of (?:shared )?memory)/],
  ['resources', /^(?:requested length too large|invalid memory alloc)/],
  ['resources', /^could not (?:extend|write) .*No space left on device/],

  // Redshift's own.
  ['type_mismatch', /^(?:Invalid digit, Value |Overflow \(|Numeric data overflow|Value too long for character type)/],
  ['constraint', /^Cannot insert a NULL value into column /],
  // Also what a cancel by hand says; in a run nobody watches it is `statement_timeout`.
  ['timeout', /^Query \(\d+\) cancelled on user's request/],
  ['timeout', /^The read operation timed out/i],
  ['connection', /^BrokenPipe: /],
  ['resources', /^(?:Disk Full|Query \(\d+\) cancelled by WLM )/],

  // Snowflake. It answers alike for "missing" and "hidden from this role": the first is the commoner.
  ['missing_column', /^invalid identifier '/],
  ['missing_relation', /^(?:\w+ )?(?:Object|Table|View|Schema|Database|Stage|Sequence)(?: '.*')? does not exist/i],
  ['permission', /^Insufficient privileges to operate on /],
  ['permission', /^[A-Z]\w+ '.*' already exists, but current role has no privileges on it/],
  // The role may not use the warehouse or database that the profile names.
  ['permission', /^No active warehouse selected/],
  ['permission', /^Cannot perform [A-Z]+\. This session does not have a current (?:database|schema)/],
  ['syntax', /^(?:syntax error line \d+ at position |parse error line \d+ |Unknown (?:user-defined )?function )/],
  ['syntax', /^(?:ambiguous column name |duplicate column name |(?:\[.*\]|'.*') is not a valid group by expression)/],
  ['syntax', /^(?:invalid number of result columns for set operator|(?:Not enough|too many) arguments for function)/],
  ['type_mismatch', /^(?:Numeric value|Boolean value|Timestamp|Date|Time) '.*' is (?:not recognized|out of range)/],
  ['type_mismatch', /^(?:Can't parse '|Failed to cast variant value |Error parsing JSON|String '.*' is too long )/],
  ['type_mismatch', /^(?:Invalid argument types for function |Can not convert parameter )/],
  ['type_mismatch', /^Expression type does not match column data type/],
  ['type_mismatch', /^(?:Number out of representable range|inconsistent data type for result columns|invalid type \[)/],
  ['constraint', /^(?:NULL result in a non-nullable column|Duplicate row detected during DML action)/],
  ['timeout', /^Statement reached its statement or warehouse timeout /],
  ['connection', /^(?:Failed to connect to DB|Could not connect to Snowflake|Authentication token has expired)/],
  ['connection', /^Incorrect username or password/],
  ['connection', /^This error occurs when authentication has expired/],
  ['resources', /^(?:Warehouse '.*' cannot be resumed because resource monitor |Function available memory exhausted)/],

  // BigQuery, and the HTTP libraries it shares with Databricks.
  ['missing_column', /^(?:Unrecognized name: |(?:Field n|N)ame \S+ (?:not found inside|does not exist in) )/],
  ['missing_column', /^Column \S+ (?:in USING clause not found|not found in|is not present in) /],
  ['missing_relation', /^Not found: (?:Table|Dataset|Project|View|Model|URI|Files) /],
  ['permission', /^(?:Access Denied: |Permission denied )/],
  ['syntax', /^(?:Syntax error: |Function not found: |Column name \S+ is ambiguous)/],
  ['syntax', /^Duplicate column names? in the result/],
  ['syntax', /^(?:(?:SELECT list|An) expression references |Queries in UNION ALL have mismatched column count)/],
  ['syntax', /^Aggregate function \S+ not allowed/],
  ['type_mismatch', /^(?:No matching signature for |Could not cast |Bad \w+ value|Cannot coerce )/],
  ['type_mismatch', /^(?:Failed to parse input |Invalid cast from )/],
  ['type_mismatch', /^Invalid (?:date|datetime|time|timestamp|NUMERIC value)(?: string)?: /i],
  ['type_mismatch', /^(?:int64|numeric|double|float) overflow/i],
  ['type_mismatch', /^(?:Query column \d+|Value) has type .* which cannot be inserted into column/],
  ['type_mismatch', /^Column \d+ in [A-Z ]+ has incompatible types/],
  ['constraint', /^(?:Required field \S+ cannot be null|UPDATE\/MERGE must match at most one source row)/],
  ['timeout', /^Operation (?:did not complete within the designated timeout|timed out after) /],
  ['connection', /^(?:HTTPS?ConnectionPool\(|\('Connection aborted\.'|Remote end closed connection)/],
  ['connection', /^50[234] (?:[A-Z]+ https?:|Server Error)/],
  ['connection', /^(?:Unable to generate access token|Reauthentication is needed|\('invalid_grant: )/],
  ['resources', /^Resources exceeded during query execution/],
  ['resources', /^Query exceeded (?:resource limits|limit for bytes billed)/],
  ['resources', /^(?:Quota exceeded: |Custom quota exceeded|Exceeded rate limits: )/],

  // Databricks and Spark: error classes in brackets, and what older versions said.
  ['missing_column', /^\[(?:UNRESOLVED_(?:COLUMN|FIELD|USING_COLUMN)|FIELD_NOT_FOUND|COLUMN_NOT_)/],
  ['missing_column', /^\[DELTA_MERGE_UNRESOLVED_EXPRESSION/],
  ['missing_column', /^cannot resolve .* given (?:input )?columns/i],
  ['missing_relation', /^\[(?:(?:TABLE_OR_VIEW|SCHEMA|CATALOG|PATH|DELTA_TABLE)_NOT_FOUND|NO_SUCH_CATALOG)/],
  ['missing_relation', /^(?:Table or view not found: |Database '.*' not found)/],
  ['permission', /^(?:\[(?:INSUFFICIENT_PERMISSIONS|PERMISSION_DENIED)|PERMISSION_DENIED: )/],
  ['permission', /^(?:Insufficient privileges:|User does not have (?:permission|privilege) )/],
  ['syntax', /^\[(?:PARSE_|INVALID_SQL_SYNTAX|MISSING_AGGREGATION|MISSING_GROUP_BY)/],
  ['syntax', /^\[(?:AMBIGUOUS_REFERENCE|UNRESOLVED_ROUTINE|NUM_COLUMNS_MISMATCH)/],
  ['syntax', /^(?:mismatched|extraneous|no viable alternative at) input '/],
  ['type_mismatch', /^\[(?:CAST_|DATATYPE_MISMATCH|CANNOT_PARSE_|CANNOT_UP_CAST|NUMERIC_|ARITHMETIC_OVERFLOW)/],
  ['type_mismatch', /^\[(?:INCOMPATIBLE_(?:DATA|COLUMN_TYPE)|INVALID_INLINE_TABLE\.INCOMPATIBLE_TYPES)/],
  ['type_mismatch', /^\[DELTA_(?:FAILED_TO_MERGE_FIELDS|EXCEED_CHAR_VARCHAR)/],
  ['constraint', /^\[DELTA_(?:NOT_NULL_CONSTRAINT|VIOLATE_CONSTRAINT|NEW_CHECK_CONSTRAINT|NEW_NOT_NULL)/],
  ['constraint', /^\[DELTA_MULTIPLE_SOURCE_ROW/],
  ['constraint', /^(?:CHECK|NOT NULL) constraint .*violated /i],
  ['constraint', /^Cannot perform Merge as multiple source rows matched/i],
  ['timeout', /^(?:timed out: RUNNING|DEADLINE_EXCEEDED: |Query has been timed out)/],
  ['connection', /^(?:Invalid SessionHandle|Invalid access token|Error during request to server)/],
  ['connection', /^Query could not be scheduled: HTTP Response code: 50/],
  ['resources', /^(?:java\.lang\.OutOfMemoryError|ExecutorLostFailure )/],
  ['resources', /^Job aborted due to stage failure: Total size of serialized results/],

  // ClickHouse: the number is the error's identity, the text is not.
  ['missing_column', /^Code: (?:8|16|47)\./],
  ['missing_relation', /^Code: (?:60|81)\./],
  ['permission', /^Code: (?:164|497)\./],
  ['syntax', /^Code: (?:46|62|215)\./],
  ['type_mismatch', /^Code: (?:6|27|38|41|43|53|70|72|386)\./],
  ['constraint', /^Code: (?:349|469)\./],
  ['timeout', /^Code: (?:159|160)\./],
  ['connection', /^Code: (?:209|210|279|516)\./],
  ['resources', /^Code: (?:202|241|243)\./],

  // Trino and Athena: the error's name.
  ['missing_column', /^COLUMN_NOT_FOUND[,:]/],
  ['missing_relation', /^(?:TABLE|SCHEMA|CATALOG)_NOT_FOUND[,:]/],
  ['permission', /^PERMISSION_DENIED[,:]/],
  ['syntax', /^(?:SYNTAX_ERROR|FUNCTION_NOT_FOUND|EXPRESSION_NOT_AGGREGATE|AMBIGUOUS_NAME)[,:]/],
  ['type_mismatch', /^(?:TYPE_MISMATCH|INVALID_CAST_ARGUMENT|NUMERIC_VALUE_OUT_OF_RANGE|COLUMN_TYPE_UNKNOWN)[,:]/],
  ['constraint', /^(?:CONSTRAINT_VIOLATION|MERGE_TARGET_ROW_MULTIPLE_MATCHES)[,:]/],
  ['timeout', /^EXCEEDED_TIME_LIMIT[,:]/],
  ['resources', /^(?:EXCEEDED_(?:\w+_)?MEMORY_LIMIT|QUERY_QUEUE_FULL)[,:]/],

  // SQL Server and Fabric.
  ['missing_column', /^Invalid column name '/],
  ['missing_relation', /^Invalid object name '/],
  ['permission', /^The \w+ permission was denied on /],
  ['syntax', /^Incorrect syntax near /],
  ['type_mismatch', /^(?:Conversion failed when converting |Error converting data type )/],
  ['type_mismatch', /^Arithmetic overflow error converting /],
  ['constraint', /^(?:Cannot insert the value NULL into column |Violation of (?:PRIMARY|UNIQUE) KEY constraint )/],
  ['timeout', /^Query timeout expired/],
  ['connection', /^(?:Login failed for user |SQL Server does not exist or access denied)/],

  // dbt 2 finds these itself, before it asks the warehouse.
  ['missing_column', /^No column \S+ found\. Available are/],
  ['syntax', /^No function \S+/],
  ['type_mismatch', /^Cast failed: /],

  // Databricks and dbt 2 close with the SQLSTATE. Last: where the words above are known, they say more.
  ['missing_column', /\bSQLSTATE: 42703\b/],
  ['missing_relation', /\bSQLSTATE: (?:42P01|42S02)\b/],
  ['permission', /\bSQLSTATE: 42501\b/],
  ['syntax', /\bSQLSTATE: 42601\b/],
  ['constraint', /\bSQLSTATE: 23\d{3}\b/],
];

const ALL_RULES: readonly Rule[] = [...DBT_RULES, ...WAREHOUSE_RULES];

/** What dbt, drivers and client libraries put in front of the phrase, on the same line. */
const PREFIXES = new RegExp(
  `^(?:${[
    // dbt 2: "error: dbt1501: Macro error: invalid operation: AdapterError: ADBC error: [Snowflake] …"
    /error: dbt\d{4}: |\[error\] \[\w+ \(dbt\d{4}\)\]: |Error \[\w+ \(dbt\d{4}\)\]: /,
    /Error executing materialization macro '[^']*' for model \S+ |(?:Macro error|invalid operation|Unknown): /,
    /(?:AdapterError|ADBC error|Unexpected result): /,
    /Failed to (?:render SQL|eval (?:the compiled )?Jinja expression) (?:- )?|\[[A-Z][a-z]\w*\] |FAILED: BAD_REQUEST /,
    // PostgreSQL's severity; Redshift's driver, which once printed its whole dictionary.
    /(?:ERROR|FATAL): +|\{'S': '[A-Z]+', 'C': '\w{5}', 'M': ['"]/,
    // Snowflake: "000904 (42000): <query id>: SQL compilation error: error line 6 at position 7"
    /\d{6} \(\w{5}\): |\(\d{4}\): |[\da-f]{8}-[\da-f-]{27}: /,
    /SQL (?:compilation|access control|execution) error: ?|error line \d+ at position \d+ ?/,
    // BigQuery: "404 GET https://…: Not found"; the 5xx are left, as they are the news themselves.
    /4\d\d (?:[A-Z]+ https?:\S+ )?|googleapi: Error \d+: |Query error: /,
    // Java and Python name the exception; Spark says in which task of which stage.
    /(?:[\w$]+\.)*\w+Exception: |Error running query: /,
    /Job aborted due to stage failure: Task .*?, most recent failure: Lost task [^:]*: /,
    /Trino\w*Error\(type=\w+, name=/,
    /\('\w{5}', ['"]\[\w{5}\] (?:\[[^\]]*\])+/,
  ]
    .map((prefix) => prefix.source)
    .join('|')})+`,
);

/** From here on a message repeats the user's SQL or rows. */
const ECHO = /^(?:LINE \d+:|DETAIL:|CONTEXT:|HINT:|== SQL|Stack trace:)/;

/** dbt 1 puts what is wrong on the next line, dbt 2 on the same. */
const COMPILATION = /^Compilation Error\b(?: for \S+ from \S+: )?/;

/** Where dbt 2 reports an error of the Jinja, unless a warehouse's words follow. */
const JINJA = /^(?:error: |\[error\] \[\w+ \(|Error \[\w+ \()dbt150\d\b/;

/** Messages may be megabytes of rows or stack; the cause stands at the top, or ends a traceback of usual length. */
const MAX_CHARS = 16_384;
const MAX_LINES = 250;

/**
 * Reads what dbt wrote as `message` of a node that errored. Looks at the first 16,384 characters and of those at
 * 250 lines that are not blank; what stands further down changes nothing.
 */
export function classifyError(message: string): ErrorClass {
  let rules = ALL_RULES;
  let otherwise: ErrorClass = 'unknown';
  for (const line of firstLines(message)) {
    if (ECHO.test(line)) break;
    if (JINJA.test(line)) otherwise = 'compilation';
    let said = line.replace(PREFIXES, '');
    if (COMPILATION.test(said)) {
      // Below it stand dbt's words, or those of a project's `raise_compiler_error`, which may say anything.
      rules = DBT_RULES;
      otherwise = 'compilation';
      said = said.replace(COMPILATION, '');
    }
    const rule = rules.find(([, phrase]) => phrase.test(said));
    if (rule !== undefined) return rule[0];
  }
  return otherwise;
}

function firstLines(message: string): readonly string[] {
  return stripVTControlCharacters(message.slice(0, MAX_CHARS))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, MAX_LINES);
}
