import { formatMatcher, parseMatchers, type Regex, toMatcher } from './matcher.ts';
import type { RouteFile, TimeIntervalsFile } from './schema.ts';
import type { TimeInterval } from './time-interval.ts';
import type { Route } from './tree.ts';

/** The engine for regular expressions, if the text has any. */
export async function regexFor(text: string): Promise<Regex | null> {
  return /[=!]~/.test(text) ? (await import('re2js')).RE2JS : null;
}

/** Makes a checked tree ready for use. @throws {MatcherError} for what `checkRouting` would have refused. */
export async function compileRoute(root: RouteFile, timeIntervals: TimeIntervalsFile): Promise<Route> {
  const regex = await regexFor(JSON.stringify(root));
  const named = new Map(timeIntervals.map(({ name, time_intervals: intervals }) => [name, intervals]));
  const intervalsOf = (names: readonly string[] = []): readonly TimeInterval[] =>
    names.flatMap((name) => named.get(name) ?? []);
  return compile(root, { path: [], receiver: root.receiver ?? '' });

  function compile(file: RouteFile, above: Pick<Route, 'path' | 'receiver'>): Route {
    const matchers = (file.matchers ?? []).flatMap(parseMatchers).map((matcher) => toMatcher(matcher, regex));
    const name = matchers.length === 0 ? 'everything' : matchers.map(formatMatcher).join(', ');
    const path = file === root ? ['route'] : [...above.path, name];
    const receiver = file.receiver ?? above.receiver;
    return {
      path,
      receiver,
      matchers,
      continues: file.continue ?? false,
      muteTimes: intervalsOf(file.mute_times),
      activeTimes: intervalsOf(file.active_times),
      routes: (file.routes ?? []).map((child) => compile(child, { path, receiver })),
    };
  }
}
