import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseConfig } from '../../src/config/read-config.ts';
import { ProblemError } from '../../src/errors.ts';
import { compileRoute } from '../../src/routes/compile.ts';
import type { Label, Labels } from '../../src/routes/labels.ts';
import type { RouteFile } from '../../src/routes/schema.ts';
import { routesFor } from '../../src/routes/tree.ts';
import { accepted, hasAmtool, told, WITHOUT_AMTOOL } from './amtool.ts';

/** Where amtool is missing, its name says so in the list of skipped tests. */
const compared = hasAmtool ? test : test.skip;
const name = (sentence: string): string => (hasAmtool ? sentence : `${sentence} (${WITHOUT_AMTOOL})`);

const RECEIVERS = ['a', 'b', 'c', 'd'];
/** Labels that take any word, so that both sides judge the same words. */
const NAMES = ['owner', 'tag', 'model', 'path', 'test'] as const satisfies readonly Label[];
const WORDS = ['x', 'y', 'xy', 'x.y', 'a,b', 'say "x"', 'back\\slash', '{x}', 'ä', ' x ', 'line\nbreak'];
const PATTERNS = [
  'x',
  'x.*',
  '.*y',
  'x|y',
  '',
  '.*',
  '.+',
  'x.y',
  '(?i)X',
  '[xy]+',
  'x{1,2}',
  '[[:alpha:]]+',
  '(?s).*',
];

const quotedText = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
const isBare = (text: string): boolean => /^[\wä.]*$/.test(text);

const matcher = fc
  .record({
    label: fc.constantFrom(...NAMES),
    operator: fc.constantFrom('=', '!=', '=~', '!~'),
    word: fc.constantFrom(...WORDS, ''),
    pattern: fc.constantFrom(...PATTERNS),
    bare: fc.boolean(),
    space: fc.constantFrom('', ' '),
  })
  .map(({ label, operator, word, pattern, bare, space }) => {
    const value = operator.endsWith('~') ? pattern : word;
    return `${label}${space}${operator}${space}${bare && isBare(value) ? value : quotedText(value)}`;
  });
const line = fc
  .record({ matchers: fc.array(matcher, { minLength: 1, maxLength: 2 }), style: fc.constantFrom('', '{', ',') })
  .map(({ matchers, style }) => {
    const joined = matchers.join(', ');
    return style === '{' ? `{${joined}}` : `${joined}${style}`;
  });

const { child } = fc.letrec<{ child: RouteFile }>((tie) => ({
  child: fc.record(
    {
      receiver: fc.constantFrom(...RECEIVERS),
      matchers: fc.array(line, { maxLength: 2 }),
      continue: fc.boolean(),
      routes: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constant<RouteFile[]>([]),
        fc.array(tie('child'), { maxLength: 3 }),
      ),
    },
    { requiredKeys: ['matchers'] },
  ),
}));
const tree = fc.record({
  receiver: fc.constantFrom(...RECEIVERS),
  routes: fc.array(child, { minLength: 1, maxLength: 4 }),
});
const labelSet = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...WORDS), { maxKeys: 4 });

/** The same tree, but every receiver has the number of the tree before its name. */
function numbered(route: RouteFile, number: number): RouteFile {
  return {
    ...route,
    ...(route.receiver === undefined ? {} : { receiver: `${number}-${route.receiver}` }),
    routes: (route.routes ?? []).map((each) => numbered(each, number)),
  };
}

function ofTree(receivers: string, number: number): string {
  return receivers
    .split(',')
    .filter((receiver) => receiver.startsWith(`${number}-`))
    .join(',');
}

describe('with any tree and any labels', () => {
  compared(
    name('the routes lead where those of Alertmanager lead'),
    async () => {
      const trees = fc.sample(tree, { numRuns: 150, seed: 20260102 });
      const labelSets = fc.sample(labelSet, { numRuns: 60, seed: 20260103 });
      // All trees hang below one root, each with `continue`, so that one question has the answers of all.
      const routes = trees.map((each, number) => ({ ...numbered(each, number), continue: true }));
      const receivers = trees.flatMap((_, number) => RECEIVERS.map((each) => ({ name: `${number}-${each}` })));
      const theirs = await told(
        { route: { receiver: 'root', routes }, receivers: [{ name: 'root' }, ...receivers] },
        labelSets.map((labels) => Object.entries(labels).map(([label, value]) => `${label}=${quotedText(value)}`)),
      );

      const compiled = await Promise.all(routes.map((each) => compileRoute(each, [])));
      const ours = labelSets.map((given) => {
        const labels: Labels = Object.fromEntries(Object.entries(given).map(([label, value]) => [label, [value]]));
        return compiled.flatMap((root) => routesFor(labels, root).map(({ receiver }) => receiver)).join(',');
      });
      for (const [index, labels] of labelSets.entries())
        expect({ labels, receivers: ours[index]?.split(',') }).toEqual({
          labels,
          receivers: theirs[index]?.split(','),
        });
      // Trees that answer everything alike would prove little.
      const answers = trees.map((_, number) => new Set(ours.map((each) => ofTree(each, number))));
      expect(answers.filter(({ size }) => size > 1).length).toBeGreaterThan(trees.length / 2);
    },
    60_000,
  );
});

async function isValid(configuration: object): Promise<boolean> {
  try {
    await parseConfig(JSON.stringify(configuration), 'dq-report.yml');
    return true;
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw error;
  }
}

describe('what Alertmanager refuses is refused, and what it takes is taken:', () => {
  compared(name('matchers'), async () => {
    const matchers = [
      'owner="x"',
      'owner=x',
      'owner = x',
      ' owner="x" ',
      'owner=',
      'owner=""',
      '{owner="x"}',
      '{owner="x",tag="y"}',
      'owner="x",',
      'owner="x", ',
      'owner="x",,',
      ',owner="x"',
      '',
      '{}',
      'owner',
      'owner"x"',
      '="x"',
      'owner=="x"',
      'owner~"x"',
      'owner=~"x"',
      'owner=~"["',
      'owner=~"("',
      'owner!~"a{2000}"',
      'owner=~"(?=x)"',
      String.raw`owner=~"(x)\\1"`,
      'owner=~"(?i)x"',
      'owner=~"(?P<n>x)"',
      'owner=~"[[:alpha:]]"',
      'owner=~"a**"',
      'owner=~"a)(b"',
      String.raw`owner=~"\\pL"`,
      String.raw`owner=~"\\Qa.b\\E"`,
      'owner="x',
      'owner=x"',
      'owner="x"y"',
      String.raw`owner="x\"y"`,
      String.raw`owner="x\y"`,
      'owner="x\\',
      String.raw`owner="x\"`,
      String.raw`owner=x\\`,
      'owner="a,b"',
      'owner=a,b',
      'owner="{x}"',
      '{owner="x"',
      'owner="x"}',
      '1owner=x',
    ];
    const route = (matcherText: string) => ({
      route: { receiver: 'a', routes: [{ matchers: [matcherText] }] },
      receivers: [{ name: 'a' }],
    });
    const theirs = await accepted(matchers.map(route));
    const ours = await Promise.all(matchers.map((each) => isValid(route(each))));
    expect(matchers.map((each, index) => [each, ours[index]])).toEqual(
      matchers.map((each, index) => [each, theirs[index]]),
    );
    expect(new Set(theirs).size).toBe(2);
  });

  // But for one: Alertmanager 0.25 takes months that do not exist, which then never come.
  compared(name('time intervals'), async () => {
    const times = (start_time: string, end_time: string) => ({ times: [{ start_time, end_time }] });
    const intervals: readonly object[] = [
      {},
      ...[
        ['08:00', '17:00'],
        ['00:00', '24:00'],
        ['24:00', '24:00'],
        ['17:00', '08:00'],
        ['08:00', '08:00'],
        ['8:00', '17:00'],
        ['08:00', '24:01'],
        ['08:60', '09:00'],
        ['ab:cd', '09:00'],
      ].map(([start = '', end = '']) => times(start, end)),
      { times: [{ start_time: '08:00' }] },
      ...[
        'monday',
        'Monday',
        'monday:friday',
        'friday:monday',
        'sunday:saturday',
        'saturday:sunday',
        '1',
        'mon',
        'monday:friday:sunday',
        '',
      ].map((each) => ({ weekdays: [each] })),
      ...[
        '1',
        '31',
        '32',
        '0',
        '-1',
        '-31',
        '-32',
        '1:5',
        '5:1',
        '-5:-1',
        '-1:-5',
        '1:-1',
        '-1:1',
        '28:-1',
        '27:-1',
        '5:-25',
        '4:-25',
        '3:-25',
        '1:2:3',
        'first',
        '1.5',
        '+3',
      ].map((each) => ({ days_of_month: [each] })),
      ...['1', '12', 'january', 'MAY', 'jan', '1:3', '3:1', 'may:august', 'august:may', '1:may', ''].map((each) => ({
        months: [each],
      })),
      ...['2027', '2027:2030', '2030:2027', 'x', ''].map((each) => ({ years: [each] })),
      ...['Europe/Berlin', 'UTC', 'Local', 'Mars/Olympus', '+01:00', 'Asia/Kathmandu'].map((each) => ({
        location: each,
      })),
      { days: ['monday'] },
    ];
    const configuration = (interval: object) => ({
      route: { receiver: 'a' },
      receivers: [{ name: 'a' }],
      time_intervals: [{ name: 't', time_intervals: [interval] }],
    });
    const theirs = await accepted(intervals.map(configuration));
    const ours = await Promise.all(intervals.map((each) => isValid(configuration(each))));
    expect(intervals.map((each, index) => [each, ours[index]])).toEqual(
      intervals.map((each, index) => [each, theirs[index]]),
    );
  });

  compared(name('the parts of a configuration that do not fit together'), async () => {
    const interval = { name: 't', time_intervals: [{ weekdays: ['sunday'] }] };
    /** The one difference: what a route calls its times. */
    const both = (ours: object, theirs: object = ours): readonly [object, object] => [ours, theirs];
    const cases: readonly (readonly [object, object])[] = [
      both({ route: { receiver: 'a' }, receivers: [{ name: 'a' }] }),
      both({ route: { receiver: 'b' }, receivers: [{ name: 'a' }] }),
      both({ route: { receiver: 'a', routes: [{ receiver: 'b' }] }, receivers: [{ name: 'a' }] }),
      both({ route: { receiver: 'a', routes: [{ matchers: [], routes: [{}] }] }, receivers: [{ name: 'a' }] }),
      both({ route: { receiver: 'a' }, receivers: [{ name: 'a' }, { name: 'a' }] }),
      both({ route: {}, receivers: [{ name: 'a' }] }),
      both({ receivers: [{ name: 'a' }] }),
      both({ route: { receiver: 'a' } }),
      both({ route: { receiver: 'a', matchers: ['owner="x"'] }, receivers: [{ name: 'a' }] }),
      both({ route: { receiver: 'a', continue: true }, receivers: [{ name: 'a' }] }),
      both({ route: { receiver: 'a' }, receivers: [{ name: 'a' }], time_intervals: [interval, interval] }),
      both({ route: { receiver: 'a' }, receivers: [{ name: '' }, { name: 'a' }] }),
      ...(['mute', 'active'] as const).flatMap((word) => {
        const timed = (key: string, top: boolean, named: string) => ({
          route: { receiver: 'a', ...(top ? { [key]: [named] } : { routes: [{ [key]: [named] }] }) },
          receivers: [{ name: 'a' }],
          time_intervals: [interval],
        });
        return [true, false].flatMap((top) =>
          ['t', 'u'].map((named) =>
            both(timed(`${word}_times`, top, named), timed(`${word}_time_intervals`, top, named)),
          ),
        );
      }),
    ];
    const theirs = await accepted(cases.map(([, each]) => each));
    const ours = await Promise.all(cases.map(([each]) => isValid(each)));
    expect(cases.map(([each], index) => [each, ours[index]])).toEqual(
      cases.map(([each], index) => [each, theirs[index]]),
    );
  });
});
