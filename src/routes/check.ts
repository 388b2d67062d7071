import { CLOSED_LABELS, type Label, LABELS } from './labels.ts';
import { MatcherError, parseMatchers, type Regex, toMatcher, type WrittenMatcher } from './matcher.ts';

/** What is wrong between the parts of a configuration that are each well-formed, and where. */
export interface RoutingProblem {
  readonly path: readonly (string | number)[];
  readonly what: string;
  /** What was written, and what would be right, where there is a list of it. */
  readonly given?: string;
  readonly known?: readonly string[];
}

/**
 * Checks `receivers`, `time_intervals` and `route` as Alertmanager does, and the words of labels beyond that. Takes the
 * file as it was read, because a mistake elsewhere should hide none here; what has the wrong shape is told by the schema.
 */
export function checkRouting(file: unknown, regex: Regex | null): readonly RoutingProblem[] {
  const names: Names = {
    receivers: namesIn(file, 'receivers'),
    intervals: namesIn(file, 'time_intervals'),
  };
  const route = member(file, 'route');
  return [
    ...duplicates(file, 'receivers', 'receiver'),
    ...duplicates(file, 'time_intervals', 'time interval'),
    ...missingRoute(route, names.receivers),
    ...topRoute(route),
    ...routeProblems(route, ['route'], names, regex),
  ];
}

interface Names {
  readonly receivers: readonly string[];
  readonly intervals: readonly string[];
}

type Path = RoutingProblem['path'];

function duplicates(file: unknown, key: string, noun: string): readonly RoutingProblem[] {
  const names = listIn(file, key).map((entry) => member(entry, 'name'));
  return names.flatMap((name, index) =>
    typeof name === 'string' && names.indexOf(name) < index
      ? [{ path: [key, index, 'name'], what: `there is another ${noun} \`${name}\` above` }]
      : [],
  );
}

function missingRoute(route: unknown, receivers: readonly string[]): readonly RoutingProblem[] {
  return route === undefined && receivers.length > 0
    ? [{ path: ['receivers'], what: 'there are receivers, but no `route` says what they are told' }]
    : [];
}

/** Whatever no other route wants ends here. */
function topRoute(route: unknown): readonly RoutingProblem[] {
  if (typeof route !== 'object' || route === null) return [];
  const needsReceiver: readonly RoutingProblem[] =
    member(route, 'receiver') === undefined
      ? [{ path: ['route'], what: 'the top route needs a `receiver`: it gets what no other route matches' }]
      : [];
  const forbidden = ['matchers', 'continue', 'mute_times', 'active_times'].filter((key) => isSaid(member(route, key)));
  return [
    ...needsReceiver,
    ...forbidden.map((key) => ({
      path: ['route', key],
      what: `the top route is for everything and always, so it takes no \`${key}\``,
    })),
  ];
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}

function routeProblems(route: unknown, path: Path, names: Names, regex: Regex | null): readonly RoutingProblem[] {
  const { receivers, intervals } = names;
  const receiver = member(route, 'receiver');
  return [
    ...(typeof receiver === 'string' && !receivers.includes(receiver)
      ? [unknown([...path, 'receiver'], 'receiver', receiver, receivers)]
      : []),
    ...['mute_times', 'active_times'].flatMap((key) =>
      listIn(route, key).flatMap((name, index) =>
        typeof name === 'string' && !intervals.includes(name)
          ? [unknown([...path, key, index], 'time interval', name, intervals)]
          : [],
      ),
    ),
    ...listIn(route, 'matchers').flatMap((text, index) =>
      typeof text === 'string' ? matcherProblems(text, [...path, 'matchers', index], regex) : [],
    ),
    ...listIn(route, 'routes').flatMap((child, index) =>
      routeProblems(child, [...path, 'routes', index], names, regex),
    ),
  ];
}

function unknown(path: Path, noun: string, given: string, known: readonly string[]): RoutingProblem {
  return { path, what: `there is no ${noun} \`${given}\``, given, known };
}

function matcherProblems(text: string, path: Path, regex: Regex | null): readonly RoutingProblem[] {
  try {
    return parseMatchers(text).flatMap((matcher) => wordProblems(matcher, path, regex));
  } catch (error) {
    return [{ path, what: sentenceOf(error) }];
  }
}

function wordProblems(matcher: WrittenMatcher, path: Path, regex: Regex | null): readonly RoutingProblem[] {
  const label = LABELS.find((each) => each === matcher.name);
  if (label === undefined) return [unknown(path, 'label', matcher.name, LABELS)];
  try {
    toMatcher(matcher, regex);
  } catch (error) {
    return [{ path, what: sentenceOf(error) }];
  }
  return closedProblems(matcher, label, path);
}

function closedProblems({ operator, value }: WrittenMatcher, label: Label, path: Path): readonly RoutingProblem[] {
  const words = CLOSED_LABELS[label];
  const isWord = words === undefined || value === '' || operator.endsWith('~') || words.includes(value);
  return isWord ? [] : [{ path, what: `${label} is never \`${value}\``, given: value, known: words }];
}

function sentenceOf(error: unknown): string {
  if (error instanceof MatcherError) return error.message;
  throw error;
}

function namesIn(file: unknown, key: string): readonly string[] {
  return listIn(file, key)
    .map((entry) => member(entry, 'name'))
    .filter((name) => typeof name === 'string');
}

function listIn(value: unknown, key: string): readonly unknown[] {
  const list = member(value, key);
  return Array.isArray(list) ? list : [];
}

function member(value: unknown, key: string): unknown {
  // YAML's empty value is the same as no value.
  return typeof value === 'object' && value !== null && key in value
    ? (Object.entries(value).find(([name]) => name === key)?.[1] ?? undefined)
    : undefined;
}
