import type { RE2JS } from 're2js';
import { type Label, LABELS, type Labels } from './labels.ts';

/**
 * Alertmanager's matchers: `severity="critical"`, `tag!=daily`, `model=~"fct_.*|dim_.*"`, several of them with commas
 * between, with or without braces around. Source: github.com/prometheus/alertmanager, pkg/labels/parse.go of 0.25.
 */
export const OPERATORS = ['=', '!=', '=~', '!~'] as const;
export type Operator = (typeof OPERATORS)[number];

/** A matcher as it is written. */
export interface WrittenMatcher {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
}

export interface Matcher extends WrittenMatcher {
  readonly name: Label;
  matches(labels: Labels): boolean;
}

/** Thrown by the functions below: a part of a sentence that says what is wrong with the text. */
export class MatcherError extends Error {
  override readonly name = 'MatcherError';
}

/** Reads one entry of `matchers:`, which may hold several. @throws {MatcherError} */
export function parseMatchers(text: string): readonly WrittenMatcher[] {
  return splitAtCommas(text.replace(/^\{/, '').replace(/\}$/, '')).map(parseMatcher);
}

/** Commas within quotes do not separate; one at the end is allowed. */
function splitAtCommas(text: string): readonly string[] {
  const tokens: string[] = [];
  let [token, isQuoted, isEscaped] = ['', false, false];
  for (const character of text) {
    if (character === ',' && !isQuoted) {
      tokens.push(token);
      token = '';
      continue;
    }
    if (character === '"' && !isEscaped) isQuoted = !isQuoted;
    isEscaped = character === '\\' && !isEscaped;
    token += character;
  }
  return token.trim() === '' ? tokens : [...tokens, token.trim()];
}

// Go's `\s`.
const space = String.raw`[\t\n\f\r ]*`;
const shape = new RegExp(`^${space}([a-zA-Z_:][a-zA-Z0-9_:]*)${space}(=~|=|!=|!~)${space}([^]*?)${space}$`);

function parseMatcher(text: string): WrittenMatcher {
  const [, name, sign, value] = shape.exec(text) ?? [];
  const operator = OPERATORS.find((each) => each === sign);
  if (name === undefined || operator === undefined || value === undefined)
    throw new MatcherError(`\`${text.trim()}\` is no matcher; one looks like severity="critical"`);
  return { name, operator, value: unquote(value) };
}

/** Without the quotes, if there are any, and with `\n`, `\"` and `\\` as what they stand for. */
function unquote(text: string): string {
  const isQuoted = text.startsWith('"');
  const inside = isQuoted ? text.slice(1) : text;
  const end = inside.length - 1;
  let [value, isEscaped, isClosed] = ['', false, !isQuoted];
  for (const [index, character] of Array.from(inside.split('').entries())) {
    if (isEscaped) {
      isEscaped = false;
      value += { n: '\n', '"': '"', '\\': '\\' }[character] ?? `\\${character}`;
    } else if (character === '\\' && index < end) {
      isEscaped = true;
    } else if (character === '"') {
      if (isClosed || index < end)
        throw new MatcherError(`the value \`${text}\` has a double quote without \\ before it`);
      isClosed = true;
    } else {
      value += character;
    }
  }
  if (!isClosed) throw new MatcherError(`the value \`${text}\` lacks its closing double quote`);
  return value;
}

/** Google's RE2, as Alertmanager has it: no text, however hostile, makes it slow. Loaded for configurations that need it. */
export type Regex = typeof RE2JS;

/**
 * Makes a matcher ready for use. A label without a value counts as empty. Of several values one must match; the negative
 * forms say that none does.
 * @throws {MatcherError} for a label that does not exist, and an expression that is none.
 */
export function toMatcher(written: WrittenMatcher, regex: Regex | null): Matcher {
  const label = LABELS.find((each) => each === written.name);
  if (label === undefined) throw new MatcherError(`there is no label \`${written.name}\``);
  const test = written.operator.endsWith('~')
    ? expression(written.value, regex)
    : (value: string) => value === written.value;
  const isNegative = written.operator.startsWith('!');
  return {
    ...written,
    name: label,
    matches(labels) {
      const values = labels[label] ?? [];
      return (values.length === 0 ? test('') : values.some(test)) !== isNegative;
    },
  };
}

/** It must match the whole value. */
function expression(source: string, regex: Regex | null): (value: string) => boolean {
  if (regex === null) throw new MatcherError('regular expressions are not loaded');
  try {
    const compiled = regex.compile(`^(?:${source})$`);
    return (value) => compiled.test(value);
  } catch (error) {
    // It quotes more than was written.
    const why = (error instanceof Error ? error.message : String(error)).replace(/: `[^]*`$/, '');
    throw new MatcherError(`\`${source}\` is no regular expression (${why})`);
  }
}

/** As one would write it. */
export function formatMatcher({ name, operator, value }: WrittenMatcher): string {
  return `${name}${operator}${JSON.stringify(value)}`;
}
