import { existsSync } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ArtifactPaths, locateArtifacts } from '../artifacts/locate.ts';
import { FAIL_ON, type FailOn } from '../config/fail-on.ts';
import { type Config, loadConfig } from '../config/load.ts';
import { type Delivery, incidentIdsOf, isInterrupted, isMuted, scopeOf } from '../deliveries/delivery.ts';
import { isUndelivered } from '../deliveries/standing.ts';
import { type ProblemCode, ProblemError, raise, systemCodeOf } from '../errors.ts';
import { type Remembered, rememberRun, reportRun } from '../pipeline.ts';
import { isSameDestination } from '../receivers/receiver.ts';
import type { ReceiverTools } from '../receivers/settings.ts';
import { FORMAT_NAMES, type FormatName, formats } from '../report/formats.ts';
import { reaches, type Report } from '../report/report.ts';
import type { Runtime } from '../runtime.ts';
import { placeOfState, type StateSetting, withStore } from '../store/open.ts';
import type { Destination } from '../routes/plan.ts';
import { environmentOf, fromEnvironment, oneOf } from './environment.ts';
import { destinationOf, heldUntil, isFor, openReceivers, send, type Sending, toolsFor } from './receivers.ts';

/** Flags as commander hands them over; what was not given is undefined. */
export interface ReportFlags {
  readonly projectDir?: string;
  readonly targetPath?: string;
  readonly runResults?: readonly string[];
  readonly manifest?: string;
  readonly sources?: string;
  readonly config?: string;
  readonly environment?: string;
  readonly state?: string;
  readonly format?: string;
  readonly output?: string;
  readonly failOn?: string;
  readonly dryRun?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  /** False for `--no-use-colors`. */
  readonly useColors?: boolean;
}

/** 0: nothing at or above `--fail-on`; 1: findings; 3: alerts were not delivered, whatever was found. */
export type ReportExit = 0 | 1 | 3;

const DEFAULT_WIDTH = 80;

/**
 * `dq-report` and `dq-report report`: reads the artifacts, writes the report.
 * @throws {ProblemError} for everything that a person can mend.
 */
export async function reportCommand(flags: ReportFlags, runtime: Runtime): Promise<ReportExit> {
  const { cwd, env } = runtime;
  const setting = fromEnvironment(env);
  const format = oneOf(FORMAT_NAMES, flags.format ?? setting('FORMAT') ?? 'text', '--format');
  const failOnFlag = flags.failOn ?? setting('FAIL_ON');
  const failOn = failOnFlag === null ? null : oneOf(FAIL_ON, failOnFlag, '--fail-on');
  const output = flags.output ?? setting('OUTPUT');

  const paths = await locateArtifacts({
    cwd,
    projectDir: flags.projectDir ?? setting('PROJECT_DIR', 'dbt'),
    targetPath: flags.targetPath ?? setting('TARGET_PATH', 'dbt'),
    runResults: flags.runResults ?? [],
    manifest: flags.manifest ?? null,
    sources: flags.sources ?? null,
  });
  const config = await loadConfig(flags.config ?? setting('CONFIG'), paths.projectDir);
  const environment = environmentOf(flags, setting, config);
  const quiet = flags.quiet ?? /^(?:1|t|true|y|yes)$/i.test(setting('QUIET', 'dbt') ?? '');
  if (!quiet) await announceLongRead(paths, runtime);
  const dryRun = flags.dryRun ?? false;
  const place = placeOfState(flags.state ?? setting('STATE'), config, paths.projectDir, cwd);
  const found = await reportRun(paths, { environment, rules: config.rules, now: runtime.now() });
  const writing = { format, output, quiet, verbose: flags.verbose ?? false, useColors: flags.useColors ?? true };
  const named = flags.config ?? setting('CONFIG');
  const tools = await toolsFor({ named, projectDir: paths.projectDir, dryRun }, runtime);

  const missed = await tellAll({ report: found, dryRun, place, config, tools, writing }, runtime);
  return exitCode(found, failOn ?? config.failOn ?? 'error', missed);
}

interface Work {
  readonly report: Report;
  readonly dryRun: boolean;
  readonly place: StateSetting;
  readonly config: Config;
  readonly tools: ReceiverTools;
  readonly writing: Writing;
}

/**
 * Writes the report, then sends; returns what is not delivered. What is wrong with the data must be told also when the state
 * or a secret cannot be used; what is wrong with those after it. Such a run is not written down, so that a later call can
 * tell of it.
 */
async function tellAll(work: Work, runtime: Runtime): Promise<readonly Delivery[]> {
  const { report, dryRun, config, tools, writing } = work;
  let isRemembered = false;
  try {
    const open = await openReceivers(config, tools);
    const destinations = [...open.receivers.map(destinationOf), ...open.unusable];
    const missed = await withStore(placeFor(work, destinations), config.state.keepDays, async (store) => {
      if (store === null) {
        await write(report, writing, runtime);
        return [];
      }
      const telling =
        config.routing === null || destinations.length === 0
          ? null
          : { route: config.routing.route, links: config.links, destinations };
      const remembered = await rememberRun(report, { store, telling, rules: config.rules, dryRun });
      isRemembered = true;
      const { outbox } = store;
      const route = config.routing?.route ?? null;
      if (dryRun) return writePlan(remembered, { outbox, destinations, route }, writing, runtime);
      const sending = { outbox, ...open, route, seconds: config.sendingSeconds };
      return writeAndSend(remembered.report, sending, writing, runtime);
    });
    raise(open.problems);
    return missed;
  } catch (error) {
    if (isRemembered || !(error instanceof ProblemError) || !error.problems.every(({ code }) => LATER.has(code)))
      throw error;
    await write(report, writing, runtime);
    throw error;
  }
}

/** Problems that keep nobody from reading the report. */
const LATER: ReadonlySet<ProblemCode> = new Set(['state_unusable', 'secret_missing', 'no_state']);

function placeFor({ place, dryRun }: Work, receivers: readonly Destination[]): StateSetting {
  // A dry run makes no file.
  if (dryRun && (place.kind === 'none' || (place.kind === 'sqlite' && !existsSync(place.path))))
    return receivers.length === 0 && place.kind === 'none' ? place : { kind: 'sqlite', path: ':memory:' };
  if (place.kind !== 'none' || receivers.length === 0) return place;
  throw new ProblemError({
    code: 'no_state',
    what: 'Nobody was told: the configuration has receivers, but incidents are not remembered here (state: none), and without a memory every run would send everything again.',
    next: 'Give dq-report a state with --state or `state.place`, or try --dry-run to see who would be told.',
  });
}

async function writePlan(
  { report, orders }: Remembered,
  {
    outbox,
    destinations,
    route,
  }: Pick<Sending, 'outbox' | 'route'> & { readonly destinations: readonly Destination[] },
  writing: Writing,
  runtime: Runtime,
): Promise<readonly Delivery[]> {
  const deliveries = orders.map(({ receiver, integration, order, mutedUntil }) => ({
    receiver,
    integration,
    action: order.action,
    state: 'planned' as const,
    reason: mutedUntil === null ? null : `Not before ${mutedUntil}.`,
  }));
  await write({ ...report, deliveries }, writing, runtime);
  if (destinations.length === 0) return [];
  const { formatPlan } = await import('../report/deliveries.ts');
  const waiting = await outbox.list({ scope: scopeOf(report.run), states: ['pending', 'uncertain', 'attempting'] });
  const due = waiting.filter(
    (each) => isDue(each, route, report.now) && isFor(each, destinations) && !isReplaced(each, orders),
  );
  const { stdout, stderr } = runtime;
  // A format for programs has the plan in it, or has no place for it.
  const isForReading = writing.format === 'text' && writing.output === null;
  (isForReading ? stdout : stderr).write(`${isForReading ? '\n' : ''}${formatPlan(orders, due)}`);
  return [];
}

function isDue(delivery: Delivery, route: Sending['route'], now: Date): boolean {
  switch (delivery.state) {
    case 'pending':
      return !isMuted(delivery, now) && (route === null || heldUntil(delivery, route, now) === null);
    case 'attempting':
      return isInterrupted(delivery, now);
    case 'uncertain':
      return true;
    case 'sent':
    case 'dead':
    case 'replaced':
    case 'dropped':
      return false;
  }
}

/** Whether a new order would say all of it; what may have arrived is not replaced. */
function isReplaced({ order, state, ...delivery }: Delivery, orders: Remembered['orders']): boolean {
  if (state !== 'pending') return false;
  const said = new Set(
    orders.filter((each) => isSameDestination(each, delivery)).flatMap((each) => incidentIdsOf(each.order)),
  );
  return incidentIdsOf(order).every((id) => said.has(id));
}

/** People read first; what a program reads says what was sent. */
async function writeAndSend(
  report: Report,
  sending: Omit<Sending, 'scope' | 'eager'>,
  writing: Writing,
  runtime: Runtime,
): Promise<readonly Delivery[]> {
  const isFirst = writing.format !== 'json';
  if (isFirst) await write(report, writing, runtime);
  const deliveries = await send({ ...sending, scope: scopeOf(report.run), eager: false }, runtime);
  if (!isFirst)
    await write(
      { ...report, deliveries: deliveries.map((each) => ({ ...each, action: each.order.action })) },
      writing,
      runtime,
    );
  const missed = deliveries.filter(isUndelivered);
  if (deliveries.length === 0) return missed;
  const { formatSent, formatUndelivered } = await import('../report/deliveries.ts');
  if (writing.format === 'text' && !writing.quiet && writing.output === null) {
    const told = formatSent(deliveries);
    if (told !== '') runtime.stdout.write(`\n${told}`);
  }
  if (missed.length > 0) runtime.stderr.write(formatUndelivered(missed));
  return missed;
}

/** Larger files than this take more than two seconds to read, and a terminal that says nothing looks stuck. */
const LONG_READ_BYTES = 100_000_000;

async function announceLongRead(paths: ArtifactPaths, { stderr }: Runtime): Promise<void> {
  if (stderr.isTTY !== true) return;
  const files = [...paths.runResults, paths.manifest, paths.sources].filter((path) => path !== null);
  // A file that is not there is told when it is read.
  const sizes = await Promise.all(
    files.map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > LONG_READ_BYTES) stderr.write(`Reading ${Math.round(bytes / 1e6)} MB of artifacts …\n`);
}

interface Writing {
  readonly format: FormatName;
  readonly output: string | null;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly useColors: boolean;
}

async function write(
  report: Report,
  { format, output, quiet, verbose, useColors }: Writing,
  { cwd, stdout, env }: Runtime,
): Promise<void> {
  const render = await formats[format]();
  if (output !== null) {
    const text = render(report, { width: DEFAULT_WIDTH, colour: false, verbose });
    await writeWhole(resolve(cwd, output), text).catch((error: unknown) => {
      throw new ProblemError({
        code: 'output_unwritable',
        what: `The report could not be written to ${output} (${systemCodeOf(error)}).`,
        next: 'Name another file with --output.',
      });
    });
    return;
  }
  // A format asked for by name is somebody's input; only the report for reading can be too much.
  if (quiet && format === 'text') return;
  stdout.write(
    render(report, {
      width: widthOf(stdout.columns, env),
      colour: useColors && wantsColour(stdout.isTTY ?? false, env),
      verbose,
    }),
  );
}

/** A reader sees the report before or the whole new one, never a part: also when the disk is full or two write at once. */
async function writeWhole(path: string, text: string): Promise<void> {
  const { outputFile, remove } = await import('fs-extra/esm');
  const isSpecial = await stat(path).then(
    (entry) => !entry.isFile() && !entry.isDirectory(),
    () => false,
  );
  // A pipe or a device cannot be replaced, only written to.
  if (isSpecial) return outputFile(path, text);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await outputFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await remove(draft);
    throw error;
  }
}

function widthOf(columns: number | undefined, env: Runtime['env']): number {
  const wished = Number(env['DBT_ENGINE_PRINTER_WIDTH'] ?? env['DBT_PRINTER_WIDTH'] ?? env['COLUMNS']);
  return columns ?? (Number.isInteger(wished) && wished > 0 ? wished : DEFAULT_WIDTH);
}

/** https://no-color.org and https://force-color.org, as most tools read them. */
function wantsColour(isTerminal: boolean, env: Runtime['env']): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}

function exitCode(report: Report, failOn: FailOn, missed: readonly Delivery[]): ReportExit {
  if (missed.length > 0) return 3;
  return failOn !== 'never' && reaches(failOn, report) ? 1 : 0;
}
