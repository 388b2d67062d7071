import { locateArtifacts } from '../artifacts/locate.ts';
import { loadConfig, type Routing } from '../config/load.ts';
import { suggest } from '../config/suggest.ts';
import { ProblemError } from '../errors.ts';
import type { Severity } from '../findings/finding.ts';
import { plain } from '../findings/plain.ts';
import { titleOf } from '../findings/title.ts';
import { reportRun } from '../pipeline.ts';
import type { IntegrationTable } from '../receivers/table.ts';
import { formatTime } from '../report/wording.ts';
import { CLOSED_LABELS, type Label, LABELS, type Labels, labelsOfCause } from '../routes/labels.ts';
import { MatcherError, parseMatchers } from '../routes/matcher.ts';
import { mutedUntil } from '../routes/muted-until.ts';
import { routesFor } from '../routes/tree.ts';
import type { Runtime } from '../runtime.ts';
import { environmentOf, fromEnvironment, oneOf, projectOf, TEXT_OR_JSON } from './environment.ts';

export interface RoutesTestFlags {
  readonly projectDir?: string;
  readonly targetPath?: string;
  readonly runResults?: readonly string[];
  readonly manifest?: string;
  readonly sources?: string;
  readonly config?: string;
  readonly environment?: string;
  readonly format?: string;
  readonly verbose?: boolean;
  /** Names with commas between. */
  readonly expect?: string;
}

/** What the routes say of one cause, or of labels given by hand. */
interface Routed {
  /** Null for labels given by hand. */
  readonly cause: { readonly uniqueId: string; readonly severity: Severity; readonly title: string } | null;
  readonly labels: Labels;
  readonly receivers: readonly {
    readonly receiver: string;
    readonly route: readonly string[];
    readonly mutedUntil: string | null;
  }[];
}

/**
 * `dq-report routes test`: who would be told of the causes in the current artifacts, or of what has the labels given. 1 if
 * `--expect` names others.
 * @throws {ProblemError} for everything that a person can mend.
 */
export async function routesTestCommand(
  given: readonly string[],
  flags: RoutesTestFlags,
  runtime: Runtime,
  table?: IntegrationTable,
): Promise<0 | 1> {
  const { cwd, env, stdout, stderr } = runtime;
  const { expect } = flags;
  const format = oneOf(TEXT_OR_JSON, flags.format ?? 'text', '--format');
  const setting = fromEnvironment(env);
  const config = await loadConfig(flags.config ?? setting('CONFIG'), projectOf(flags, cwd, setting), table);
  const ask = (labels: Labels): Routed['receivers'] => receiversOf(labels, config.routing, runtime.now());
  const routed: readonly Routed[] =
    given.length > 0
      ? [{ cause: null, labels: labelsFrom(given), receivers: ask(labelsFrom(given)) }]
      : await routedCauses();
  stdout.write(format === 'json' ? asJson(routed) : plain(asText(routed, config.routing, flags.verbose ?? false)));
  if (expect === undefined) return 0;
  refuseUnknown(namesIn(expect), config.routing);
  const mismatch = mismatchOf(expect, routed);
  if (mismatch !== null) stderr.write(plain(`${mismatch}\n`));
  return mismatch === null ? 0 : 1;

  async function routedCauses(): Promise<readonly Routed[]> {
    const paths = await locateArtifacts({
      cwd,
      projectDir: flags.projectDir ?? setting('PROJECT_DIR', 'dbt'),
      targetPath: flags.targetPath ?? setting('TARGET_PATH', 'dbt'),
      runResults: flags.runResults ?? [],
      manifest: flags.manifest ?? null,
      sources: flags.sources ?? null,
    });
    const environment = environmentOf(flags, setting, config);
    const { run, causes } = await reportRun(paths, { environment, rules: config.rules, now: runtime.now() });
    return causes.map((cause) => {
      const labels = labelsOfCause(cause, run);
      const { finding, severity } = cause;
      return {
        cause: { uniqueId: finding.uniqueId, severity, title: titleOf(finding) },
        labels,
        receivers: ask(labels),
      };
    });
  }
}

function receiversOf(labels: Labels, routing: Routing | null, now: Date): Routed['receivers'] {
  if (routing === null) return [];
  return routesFor(labels, routing.route).map((route) => ({
    receiver: route.receiver,
    route: route.path,
    mutedUntil: mutedUntil(route, now),
  }));
}

/** `severity=critical`; a label given twice has both values. */
function labelsFrom(given: readonly string[]): Labels {
  const labels: Partial<Record<Label, readonly string[]>> = {};
  for (const { name, operator, value } of given.flatMap(written)) {
    const label = LABELS.find((each) => each === name);
    if (label === undefined || operator !== '=')
      throw new ProblemError({
        code: 'usage',
        what: label === undefined ? `There is no label \`${name}\`.` : `A label is given with =, not with ${operator}.`,
        next: `${label === undefined ? suggest(name, LABELS) : ''}Labels are: ${LABELS.join(', ')}.`,
      });
    const words = CLOSED_LABELS[label];
    if (words !== undefined && !words.includes(value))
      throw new ProblemError({
        code: 'usage',
        what: `${label} is never \`${value}\`.`,
        next: `${suggest(value, words)}It is one of: ${words.join(', ')}.`,
      });
    labels[label] = [...(labels[label] ?? []), value];
  }
  return labels;
}

function written(text: string): ReturnType<typeof parseMatchers> {
  try {
    return parseMatchers(text);
  } catch (error) {
    if (!(error instanceof MatcherError)) throw error;
    throw new ProblemError({
      code: 'usage',
      what: `${error.message}.`,
      next: 'Give labels as severity=critical owner="Data team".',
    });
  }
}

/** A sentence about what was expected and did not come; null if all is as expected. */
function mismatchOf(expected: string, routed: readonly Routed[]): string | null {
  const wanted = namesIn(expected);
  const found = unique(routed.flatMap(({ receivers }) => receivers.map(({ receiver }) => receiver)));
  const isSame = wanted.length === found.length && wanted.every((name) => found.includes(name));
  return isSame ? null : `Expected ${listed(wanted)}, but the routes lead to ${listed(found)}.`;
}

function namesIn(expected: string): readonly string[] {
  return unique(expected.split(',').map((name) => name.trim()));
}

function refuseUnknown(names: readonly string[], routing: Routing | null): void {
  const known = (routing?.receivers ?? []).map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name))
      throw new ProblemError({
        code: 'usage',
        what: `--expect names a receiver \`${name}\`, which the configuration does not have.`,
        next: `${suggest(name, known)}It has: ${known.join(', ')}.`,
      });
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== ''))];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'no receiver' : names.join(', ');
}

function asText(routed: readonly Routed[], routing: Routing | null, verbose: boolean): string {
  if (routing === null) return 'The configuration has no routes: nobody is told.\n';
  if (routed.length === 0) return 'No causes in these artifacts: nobody is told.\n';
  const width = Math.max(...routing.receivers.map(({ name }) => name.length));
  return routed
    .map(({ cause, labels, receivers }) => {
      const title = cause === null ? [] : [`${cause.severity.toUpperCase().padEnd(8)}  ${cause.title}`];
      return [
        ...title,
        ...(verbose || cause === null ? [`  ${labelLine(labels)}`] : []),
        ...receivers.map(({ receiver, route, mutedUntil: until }) => {
          const muted = until === null ? '' : `  (muted until ${formatTime(until) ?? until})`;
          return `  → ${receiver.padEnd(width)}  ${route.join(' > ')}${muted}`;
        }),
      ].join('\n');
    })
    .join('\n\n')
    .concat('\n');
}

function labelLine(labels: Labels): string {
  return LABELS.flatMap((label) => (labels[label] ?? []).map((value) => `${label}=${JSON.stringify(value)}`)).join(' ');
}

function asJson(routed: readonly Routed[]): string {
  const causes = routed.map(({ cause, labels, receivers }) => ({
    unique_id: cause?.uniqueId ?? null,
    title: cause?.title ?? null,
    severity: cause?.severity ?? null,
    labels,
    receivers: receivers.map(({ receiver, route, mutedUntil: until }) => ({ receiver, route, muted_until: until })),
  }));
  return `${JSON.stringify({ schema_version: 1, causes }, null, 2)}\n`;
}
