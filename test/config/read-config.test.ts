import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/read-config.ts';
import { toRules } from '../../src/config/rules.ts';
import { parseCodeOwners } from '../../src/config/code-owners.ts';
import { ProblemError } from '../../src/errors.ts';
import { noRules } from '../../src/findings/rules.ts';

async function problemsOf(text: string): Promise<readonly string[]> {
  try {
    await parseConfig(text, 'dq-report.yml');
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(({ what, next }) => `${what} ${next}`);
    throw error;
  }
  return [];
}

describe('a configuration', () => {
  test('may be empty', async () => {
    expect((await parseConfig('', 'dq-report.yml')).file).toEqual({});
    expect((await parseConfig('# only a comment\n', 'dq-report.yml')).file).toEqual({});
  });

  test('may name an owner in one word', async () => {
    const { file } = await parseConfig('owners: { default: Data team }', 'x');
    expect(file.owners?.default).toEqual({ name: 'Data team' });
    expect((await problemsOf('owners: { default: { nmae: Data team } }')).join()).toContain('Did you mean `name`?');
  });

  test('is told all its problems at once, each with its place and what to write instead', async () => {
    const problems = await problemsOf(
      [
        'enviroment: prod',
        'fail_on: errors',
        'rules:',
        '  - match: { modle: fct_* }',
        '    severity: 3',
        '  - match: {}',
        '',
      ].join('\n'),
    );
    expect(problems).toEqual([
      'dq-report.yml:1:1: there is no key `enviroment` in the file. Did you mean `environment`? It takes: environment, fail_on, state, owners, rules, receivers, route, time_intervals, links, limits.',
      'dq-report.yml:2:10: `fail_on` is `errors`. Did you mean `error`? It takes one of: error, warning, never.',
      'dq-report.yml:4:14: there is no key `modle` in `rules.0.match`. Did you mean `model`? It takes: model, test, path, package, tag.',
      'dq-report.yml:5:15: `rules.0.severity` is `3`. It takes one of: critical, error, warning.',
      'dq-report.yml:6:12: `rules.1.match`: a match needs at least one of model, test, path, package, tag. See docs/configuration.md in the repository of dq-report for an example of every key.',
    ]);
  });

  test.each([
    ['rules: yes please', '`rules` should be a list'],
    ['owners: { default: { name: 7 } }', '`owners.default.name` should be a text'],
    ['owners: { default: {} }', 'an owner needs a name, an email or a slack channel'],
    ['- a\n- b', 'the file should be a mapping'],
    ['a: [1', 'dq-report.yml:1:'],
    ['environment: a\nenvironment: b', 'dq-report.yml:2:1'],
    ['environment: *prod', 'dq-report.yml'],
  ])('says what is wrong with %j', async (text, expected) => {
    expect((await problemsOf(text)).join('\n')).toContain(expected);
  });
});

describe('a rule', () => {
  const candidate = {
    model: ['fct_orders'],
    test: ['order_id_used_once', 'unique', 'dq.unique'],
    path: 'models/marts/core/fct_orders.sql',
    package: 'shop',
    tags: ['daily'],
  };

  test.each([
    ['model: fct_*', true],
    ['model: [dim_*, fct_*]', true],
    ['model: dim_*', false],
    ['path: models/marts/**', true],
    ['path: models/marts/*', false],
    ['tag: daily', true],
    ['package: shop, test: unique', true],
    ['test: dq.*', true],
    ['test: order_id_*', true],
    ['package: shop, test: not_null', false],
  ])('with {%s} matches: %s', async (match, expected) => {
    const { file } = await parseConfig(`rules: [{ match: { ${match} }, severity: critical }]`, 'x');
    const [rule] = toRules(file, noRules.codeOwner).ranking;
    expect(rule?.matches(candidate)).toBe(expected);
  });
});

describe('CODEOWNERS', () => {
  const ownerOf = (path: string) =>
    parseCodeOwners(
      [
        '# everything',
        '*               @org/data',
        '[Marts][2]',
        '/models/marts/  ana@shop.example @org/marts # with a comment',
        '/models/marts/scratch/',
        'odd\\ name.sql   @odd',
        'flat/*           @flat',
        '[Section][2] @section',
        'sectioned/',
      ].join('\n'),
    ).then((codeOwner) => codeOwner(path));

  test.each([
    ['models/staging/stg.sql', { name: '@org/data', email: null, slack: null }],
    ['models/marts/fct.sql', { name: '@org/marts', email: 'ana@shop.example', slack: null }],
    ['models/marts/scratch/x.sql', null],
    ['models/odd name.sql', { name: '@odd', email: null, slack: null }],
    ['flat/a.sql', { name: '@flat', email: null, slack: null }],
    ['flat/deep/a.sql', { name: '@org/data', email: null, slack: null }],
    ['sectioned/a.sql', { name: '@section', email: null, slack: null }],
  ])('gives %s to the last line that matches', async (path, owner) => {
    expect(await ownerOf(path)).toEqual(owner);
  });
});
