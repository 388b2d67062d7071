import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as YAML from 'yaml';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { parseConfig } from '../../src/config/read-config.ts';
import { ProblemError } from '../../src/errors.ts';
import { someIntegrations } from '../receivers-table.ts';

async function problemsOf(text: string): Promise<readonly string[]> {
  try {
    await parseConfig(text, 'dq-report.yml', someIntegrations);
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(({ what, next }) => `${what} ${next}`);
    throw error;
  }
  return [];
}

const good = `
receivers:
  - name: data
    slack: { token: { env: SLACK_BOT_TOKEN }, channel: C0123456789 }
  - name: pager
    pagerduty: { routing_key: { file: secrets/pagerduty } }
    datadog: { site: datadoghq.eu }
  - name: nobody
route:
  receiver: data
  routes:
    - matchers: [severity="critical", 'model=~"fct_.*"']
      receiver: pager
      continue: true
    - matchers: [tag="scratch"]
      receiver: nobody
      mute_times: [nights]
time_intervals:
  - name: nights
    time_intervals:
      - times: [{ start_time: 20:00, end_time: 24:00 }, { start_time: 00:00, end_time: 07:00 }]
        weekdays: [monday:friday, sunday]
        days_of_month: [1, -3:-1]
        months: [december, 1:3]
        years: [2026:2030]
        location: Europe/Berlin
links:
  - title: Docs
    url: https://docs.example/#!/model/{unique_id}
limits:
  seconds: 30
`;

describe('a configuration with receivers', () => {
  test('is taken', async () => {
    const { file } = await parseConfig(good, 'dq-report.yml', someIntegrations);
    expect(file.receivers?.map(({ name, integrations }) => [name, ...integrations.keys()])).toEqual([
      ['data', 'slack'],
      ['pager', 'pagerduty', 'datadog'],
      ['nobody'],
    ]);
  });

  test('is told all its problems at once, those of one part and those between parts', async () => {
    const text = good
      .replace('channel: C0123456789', 'chanel: C0123456789')
      .replace('{ env: SLACK_BOT_TOKEN }', 'xoxb-canary')
      .replace('datadoghq.eu', 'datadoghq.ue')
      .replace('receiver: pager', 'receiver: pagre')
      .replace('severity="critical"', 'severity="critcal"')
      .replace('fct_.*', 'fct_(')
      .replace('tag="scratch"', 'tags="scratch"')
      .replace('mute_times: [nights]', 'mute_times: [night]')
      .replace('20:00', '8pm')
      .replace('monday:friday', 'friday:monday')
      .replace('Europe/Berlin', 'Europe/Berln')
      .replace('{unique_id}', '{model}')
      .replace('seconds: 30', 'seconds: 0');
    const problems = await problemsOf(text);
    expect(problems).toEqual([
      'dq-report.yml:4:12: `receivers.0.slack.channel` is missing; it should be a text. See docs/configuration.md in the repository of dq-report for an example of every key.',
      'dq-report.yml:4:21: `receivers.0.slack.token`: a secret is named, not written down: {env: NAME} or {file: PATH}. See docs/configuration.md in the repository of dq-report for an example of every key.',
      'dq-report.yml:4:34: there is no key `chanel` in `receivers.0.slack`. Did you mean `channel`? It takes: token, channel.',
      'dq-report.yml:7:22: `receivers.1.datadog.site` is `datadoghq.ue`. Did you mean `datadoghq.eu`? It takes one of: datadoghq.com, datadoghq.eu.',
      'dq-report.yml:12:18: severity is never `critcal`. Did you mean `critical`? There are: critical, error, warning.',
      expect.stringMatching(
        /^dq-report\.yml:12:38: `fct_\(` is no regular expression \(error parsing regexp: missing closing \)\)\. See docs\/routes\.md in the repository of dq-report\.$/,
      ),
      'dq-report.yml:13:17: there is no receiver `pagre`. Did you mean `pager`? There are: data, pager, nobody.',
      expect.stringMatching(
        /^dq-report\.yml:15:18: there is no label `tags`\. Did you mean `tag`\? There are: severity, /,
      ),
      'dq-report.yml:17:20: there is no time interval `night`. Did you mean `nights`? There is: nights.',
      expect.stringContaining(
        'dq-report.yml:21:31: `time_intervals.0.time_intervals.0.times.0.start_time`: a time is written as HH:MM',
      ),
      expect.stringContaining(
        'dq-report.yml:22:20: `time_intervals.0.time_intervals.0.weekdays.0`: `friday:monday` ends before it begins.',
      ),
      expect.stringContaining('there is no such time zone; use a name such as Europe/Berlin'),
      expect.stringContaining('`links.0.url`: a link takes no other placeholder than {unique_id}.'),
      expect.stringContaining('dq-report.yml:31:12: `limits.seconds` should be at least 1.'),
    ]);
    expect(problems.join()).not.toContain('canary');
  });

  test.each([
    ['receivers: [{ name: a }]', 'there are receivers, but no `route` says what they are told'],
    ['route: { receiver: a }', 'there is no receiver `a`. The configuration has none.'],
    [
      'route: { receiver: a }\nreceivers: [{ name: a }, { name: a }]',
      'dq-report.yml:2:34: there is another receiver `a` above.',
    ],
    [
      'route: { receiver: c }\nreceivers: [{ name: a }, { name: a }, { name: b }]',
      'there is no receiver `c`. Did you mean `a`? There are: a, b.',
    ],
    ['route: { routes: [] }\nreceivers: [{ name: a }]', 'dq-report.yml:1:8: the top route needs a `receiver`'],
    ['route: { receiver: a, matchers: [tag=x] }\nreceivers: [{ name: a }]', 'so it takes no `matchers`'],
    ['route: { receiver: a, mute_times: [x] }\nreceivers: [{ name: a }]', 'so it takes no `mute_times`'],
    ['route: { receiver: a, routes: [{ matchers: tag=x }] }', '`route.routes.0.matchers` should be a list'],
    [
      'route: { receiver: a, routes: [{ matchers: [tag] }] }',
      '`tag` is no matcher; one looks like severity="critical".',
    ],
    ["route: { receiver: a, routes: [{ matchers: ['tag=\"x'] }] }", 'lacks its closing double quote'],
    [
      'route: { receiver: a, routes: [{ matcher: {} }] }',
      'there is no key `matcher` in `route.routes.0`. Did you mean `matchers`?',
    ],
    ['time_intervals: [{ name: a, time_intervals: [{ weekdays: [true] }] }]', 'should be a text or a number'],
    ['time_intervals: [{ name: a, time_intervals: [{ months: [13] }] }]', '`13` is no month'],
    ['time_intervals: [{ name: a, time_intervals: [] }]', 'it holds no time, so it never comes'],
    ['links: [{ title: a, url: "javascript:alert(1)" }]', 'a link begins with https://'],
    ['limits: { seconds: soon }', '`limits.seconds` should be a number'],
    ['receivers: 7', '`receivers` should be a list'],
    ['receivers: [7]\nroute: [1]', '`receivers.0` should be a mapping'],
    ['receivers: [{ slak: {} }]', 'Did you mean `slack`?'],
  ])('says what is wrong with %j', async (text, expected) => {
    expect((await problemsOf(text)).join('\n')).toContain(expected);
  });
});

test('the example of docs/routes.md is valid', async () => {
  const [, example = ''] = /```yaml\n(receivers:[^]*?)```/.exec(await readFile('docs/routes.md', 'utf8')) ?? [];
  const { file } = await parseConfig(example, 'docs/routes.md', someIntegrations);
  expect(file.route?.routes).toHaveLength(3);
});

describe('the JSON Schema for editors', () => {
  const schema = configJsonSchema();
  const isValid = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);

  test('in schemas/ is the one of the code; `npm run schemas` writes it anew', async () => {
    expect(JSON.parse(await readFile('schemas/config.schema.json', 'utf8'))).toEqual(schema);
  });

  test('takes the example of docs/configuration.md, which is valid and shows every key', async () => {
    const isValidExample = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
      configJsonSchema(someIntegrations),
    );
    const docs = await readFile('docs/configuration.md', 'utf8');
    const [, example = ''] = /```yaml\n(environment:[^]*?)```/.exec(docs) ?? [];
    const { file } = await parseConfig(example, 'docs/configuration.md', someIntegrations);
    isValidExample(YAML.parse(example));
    expect(isValidExample.errors ?? []).toEqual([]);
    expect(Object.keys(file).toSorted()).toEqual(Object.keys(Object(schema).properties).toSorted());
  });

  test.each([
    ['owners: { default: Data team }', true],
    ['owners: { default: { name: Data team } }', true],
    ['owners: { default: 7 }', false],
    ['enviroment: prod', false],
    ['rules: [{ match: { model: fct_* } }]', true],
    ['route: { receiver: a, routes: [{ matchers: [tag=x], routes: [{ receivr: b }] }] }', false],
  ])('judges %j', (text, expected) => {
    expect(isValid(YAML.parse(text))).toBe(expected);
  });
});
