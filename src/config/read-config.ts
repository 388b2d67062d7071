import { readFile } from 'node:fs/promises';
import * as YAML from 'yaml';
import type * as z from 'zod';
import { type Problem, ProblemError, raise, systemCodeOf } from '../errors.ts';
import type { IntegrationTable } from '../receivers/table.ts';
import { checkRouting, type RoutingProblem } from '../routes/check.ts';
import { regexFor } from '../routes/compile.ts';
import { type ConfigFile, configSchema, configSchemaWith } from './config.ts';
import { suggest } from './suggest.ts';

/** A configuration without mistakes, and where its parts stand. */
export interface ReadConfig {
  readonly file: ConfigFile;
  /** As it is written. */
  readonly written: unknown;
  /** `dq-report.yml:3:5`, for messages. */
  placeOf(path: Path): string;
}

/**
 * Reads and checks dq-report.yml.
 * @throws {ProblemError} with every problem of the file at once, each with line, column and the nearest valid word.
 */
export async function readConfig(path: string, table?: IntegrationTable): Promise<ReadConfig> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = systemCodeOf(error);
    const what =
      code === 'ENOENT'
        ? `There is no configuration file ${path}.`
        : `The configuration ${path} could not be read (${code}).`;
    throw new ProblemError({
      code: 'config_invalid',
      what,
      next: 'Check the path given with --config or DQ_REPORT_CONFIG.',
    });
  }
  return parseConfig(text, path, table);
}

/** Checks the text of a configuration; `path` is only for messages, `table` in the place of all integrations. Throws as {@link readConfig} does. */
export async function parseConfig(text: string, path: string, table?: IntegrationTable): Promise<ReadConfig> {
  const schema = table === undefined ? configSchema : configSchemaWith(table);
  const lines = new YAML.LineCounter();
  const document = YAML.parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  raise(document.errors.map((error) => problem(`${at(error.pos[0])}: ${error.message}`, 'Mend the YAML there.')));

  // An empty file is a configuration that says nothing.
  const written = valueOf(document, path) ?? {};
  const checked = schema.safeParse(written);
  const context: Context = { document, schema };
  const located = [
    ...(checked.error?.issues ?? []).flatMap((issue, _, all) => explain(issue, all, context)),
    ...checkRouting(written, await regexFor(text)).map((each) => explainRouting(each, context)),
  ];
  raise(
    located
      .toSorted((a, b) => a.offset - b.offset)
      .map(({ offset, what, next }) => problem(`${at(offset)}: ${what}`, next)),
  );
  if (!checked.success) throw checked.error;
  return { file: checked.data, written, placeOf: (place) => at(offsetOf(document, place)) };
}

interface Context {
  readonly document: YAML.Document;
  readonly schema: typeof configSchema;
}

interface Located {
  readonly offset: number;
  readonly what: string;
  readonly next: string;
}

/** Aliases that lead nowhere, or to more than any configuration needs, are found only now. */
function valueOf(document: YAML.Document, path: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ProblemError(
      problem(
        `${path}: ${error instanceof Error ? error.message : String(error)}.`,
        'Write the value out where the alias stands.',
      ),
    );
  }
}

function problem(what: string, next: string): Problem {
  return { code: 'config_invalid', what, next };
}

const SEE_ROUTES = 'See docs/routes.md in the repository of dq-report.';
const SEE_DOCS = 'See docs/configuration.md in the repository of dq-report for an example of every key.';

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** The place in the file, what is wrong there, and what to write instead. */
function explain(issue: Issue, all: readonly Issue[], { document, schema }: Context): readonly Located[] {
  const path = pathOf(issue);
  const offset = offsetOf(document, path);
  const key = path.length === 0 ? 'the file' : `\`${path.join('.')}\``;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((unknown) => {
        const known = keysAt(schema, path);
        return {
          offset: offsetOf(document, [...path, unknown], 'key'),
          what: `there is no key \`${unknown}\` in ${key}.`,
          next: `${suggest(unknown, known)}It takes: ${known.join(', ')}.`,
        };
      });
    case 'invalid_value': {
      const given = String(document.getIn(path));
      const allowed = issue.values.map(String);
      return [
        {
          offset,
          what: `${key} is \`${given}\`.`,
          next: `${suggest(given, allowed)}It takes one of: ${allowed.join(', ')}.`,
        },
      ];
    }
    case 'invalid_type': {
      const isMissing = path.length > 0 && document.getIn(path) === undefined;
      const what = `${key}${isMissing ? ' is missing; it' : ''} should be ${nameOfType(issue.expected)}.`;
      const next =
        document.getIn(path) === null
          ? `It is empty: what stands behind a # is a comment, unless it is in quotes. ${SEE_DOCS}`
          : SEE_DOCS;
      return [{ offset, what, next }];
    }
    case 'too_small':
      if (issue.origin !== 'number' && issue.origin !== 'int') break;
      return [{ offset, what: `${key} should be at least ${String(issue.minimum)}.`, next: SEE_DOCS }];
    case 'invalid_union': {
      const types = issue.errors.flatMap(([first]) =>
        first?.code === 'invalid_type' && first.path.length === 0 ? [nameOfType(first.expected)] : [],
      );
      // A union of shapes says itself what it takes.
      const what =
        issue.message === 'Invalid input' && types.length > 0
          ? `${key} should be ${types.join(' or ')}.`
          : `${key}${path.length > 0 && document.getIn(path) === undefined ? ' is missing' : ''}: ${issue.message}.`;
      return [{ offset, what, next: SEE_DOCS }];
    }
    case 'custom':
      // A misspelt key leaves its place empty as well; once is enough.
      if (all.some((other) => other.code === 'unrecognized_keys' && pathOf(other).join('.') === path.join('.')))
        return [];
      return [{ offset, what: `${key}: ${issue.message}.`, next: SEE_DOCS }];
    default:
      break;
  }
  return [{ offset, what: `${key}: ${issue.message}.`, next: SEE_DOCS }];
}

function explainRouting({ path, what, given, known: all }: RoutingProblem, { document }: Context): Located {
  // A name that was given twice is a mistake of its own.
  const known = all === undefined ? undefined : [...new Set(all)];
  const next =
    given === undefined || known === undefined
      ? SEE_ROUTES
      : known.length === 0
        ? 'The configuration has none.'
        : `${suggest(given, known)}There ${known.length === 1 ? 'is' : 'are'}: ${known.join(', ')}.`;
  return { offset: offsetOf(document, path), what: `${what}.`, next };
}

function pathOf(issue: Issue): Path {
  return issue.path.filter((key) => typeof key !== 'symbol');
}

/** Where a value or its key starts; for what is missing, the nearest thing around it. */
function offsetOf(document: YAML.Document, path: Path, part: 'key' | 'value' = 'value'): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const name = path[length - 1];
    if (YAML.isMap(parent)) {
      const pair = parent.items.find((item) => YAML.isScalar(item.key) && item.key.value === name);
      const node = part === 'key' || !YAML.isNode(pair?.value) ? pair?.key : pair.value;
      if (YAML.isNode(node) && node.range) return node.range[0];
    }
    if (YAML.isSeq(parent) && typeof name === 'number') {
      const item = parent.items[name];
      if (YAML.isNode(item) && item.range) return item.range[0];
    }
  }
  return document.contents?.range?.[0] ?? 0;
}

/** The keys that the schema knows at a path. */
function keysAt(root: z.ZodType, path: Path): readonly string[] {
  let schema: unknown = root;
  for (const key of path) schema = step(unwrap(schema), key);
  const inner = unwrap(schema);
  return hasShape(inner) ? Object.keys(inner.shape) : [];
}

function step(schema: unknown, key: string | number): unknown {
  if (hasShape(schema)) return schema.shape[key];
  return typeof schema === 'object' && schema !== null && 'element' in schema ? schema.element : undefined;
}

function unwrap(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || 'element' in schema) return schema;
  // What is changed before it is checked, or after.
  if ('in' in schema && 'out' in schema) {
    const before = unwrap(schema.in);
    return hasShape(before) ? before : unwrap(schema.out);
  }
  return 'unwrap' in schema && typeof schema.unwrap === 'function' ? unwrap(schema.unwrap()) : schema;
}

function hasShape(schema: unknown): schema is { shape: Record<string, unknown> } {
  return typeof schema === 'object' && schema !== null && 'shape' in schema && typeof schema.shape === 'object';
}

function nameOfType(expected: string): string {
  switch (expected) {
    case 'object':
      return 'a mapping (key: value)';
    case 'array':
      return 'a list (- …)';
    case 'string':
      return 'a text';
    case 'boolean':
      return 'true or false';
    case 'int':
      return 'a whole number';
    default:
      return `a ${expected}`;
  }
}
