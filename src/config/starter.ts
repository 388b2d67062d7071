import { stringify } from 'yaml';
import { plain } from '../findings/plain.ts';
import { formatMatcher } from '../routes/matcher.ts';

/** What is known of a project for which a configuration is begun; anything may be missing. */
export interface ProjectFacts {
  readonly project: string | null;
  /** The target that dbt was told to use the last time. */
  readonly target: string | null;
  readonly groups: readonly { readonly name: string; readonly owner: string | null }[];
  /** As people call them, with their owner. */
  readonly exposures: readonly { readonly name: string; readonly owner: string | null }[];
  /** Who is named in the meta of models. */
  readonly owners: readonly string[];
}

/** How many names a comment holds. */
const NAMES = 8;

/** A dq-report.yml that changes nothing yet: all it could say stands there as a comment, with the project's own names. */
export function starterConfig({ project, target, groups, exposures, owners }: ProjectFacts): string {
  const blocks = [
    [
      `# dq-report's configuration${project === null ? '' : ` for ${comment(project)}`}. Every key is optional; docs/configuration.md in its repository explains them all.`,
      '# `dq-report check-config` checks this file, `dq-report routes test` shows who would be told what.',
    ],
    [
      '# Name of this environment. Without it, the --target given to dbt.',
      ...off(`environment: ${scalar(target ?? 'prod')}`),
    ],
    ['# Exit with 1 when a cause is at least this bad: error, warning or never.', 'fail_on: error'],
    [
      '# Who looks after what nobody else owns.',
      ...named('In the meta of models', owners),
      ...off('owners:', `  default: ${scalar(owners[0] ?? 'Data team')}`),
    ],
    [
      '# What matters most to the business.',
      ...named('Exposures', exposures.map(ownedBy)),
      ...off('rules:', '  - match:', '      path: models/marts/**', '    category: business_critical'),
    ],
    [
      '# Who can be told. Secrets are named here, by variable or file, and never written down.',
      ...off(
        'receivers:',
        '  - name: data-team',
        '    slack:',
        '      token: { env: SLACK_BOT_TOKEN }',
        '      channel: C0123456789',
        '  - name: on-call',
        '    pagerduty:',
        '      routing_key: { env: PAGERDUTY_ROUTING_KEY }',
        ...groups.flatMap(({ name }) => [
          `  - name: ${scalar(`group ${name}`)}`,
          '    slack:',
          '      token: { env: SLACK_BOT_TOKEN }',
          '      channel: C0123456789',
        ]),
      ),
    ],
    [
      '# Who is told what: the first route that matches, and those after it while it says `continue`.',
      ...named('Groups', groups.map(ownedBy)),
      ...off(
        'route:',
        '  receiver: data-team',
        '  routes:',
        `    - matchers: [${quoted(formatMatcher({ name: 'severity', operator: '=', value: 'critical' }))}]`,
        '      receiver: on-call',
        '      continue: true',
        ...groups.flatMap(({ name }) => [
          `    - matchers: [${quoted(formatMatcher({ name: 'group', operator: '=', value: name }))}]`,
          `      receiver: ${scalar(`group ${name}`)}`,
        ]),
        // Without it, what only the first route matches would reach the pager alone.
        '    - receiver: data-team',
      ),
    ],
    [
      '# Times in which messages wait: name them in `mute_times` of a route. Some run must come when they are over, or',
      '# `dq-report deliveries flush`.',
      ...off(
        'time_intervals:',
        '  - name: nights',
        '    time_intervals:',
        "      - times: [{ start_time: '20:00', end_time: '24:00' }, { start_time: '00:00', end_time: '07:00' }]",
        '        location: Europe/Berlin',
      ),
    ],
    [
      '# Links in every message.',
      ...off('links:', '  - title: Model docs', "    url: 'https://docs.example/#!/model/{unique_id}'"),
    ],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** To be switched on by taking `# ` away. */
function off(...lines: readonly string[]): readonly string[] {
  return lines.map((line) => `# ${line}`);
}

/** Two signs, so that it stays a comment when the lines below it are switched on. */
function named(what: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const more = names.length > NAMES ? ` and ${names.length - NAMES} more` : '';
  return [`## ${what}: ${names.slice(0, NAMES).map(comment).join(', ')}${more}`];
}

function ownedBy({ name, owner }: { readonly name: string; readonly owner: string | null }): string {
  return owner === null ? name : `${name} (${owner})`;
}

/** Names come from files: one must not end a comment. */
function comment(name: string): string {
  return plain(name).replaceAll(/\s+/g, ' ');
}

function scalar(text: string): string {
  return stringify(comment(text), { lineWidth: 0 }).trimEnd();
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
