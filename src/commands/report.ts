import { stat } from 'node:fs/promises';
import { type ArtifactPaths, locateArtifacts } from '../artifacts/locate.ts';
import { FAIL_ON, type FailOn } from '../config/fail-on.ts';
import { type Config, loadConfig } from '../config/load.ts';
import { type Delivery, incidentIdsOf, isInterrupted, isMuted, scopeOf } from '../deliveries/delivery.ts';
import { type Explained, isUndelivered } from '../deliveries/standing.ts';
import { type Problem, type ProblemCode, ProblemError, raise } from '../errors.ts';
import { type Remembered, rememberRun, reportRun } from '../pipeline.ts';
import { type DestinationName, isSameDestination } from '../receivers/receiver.ts';
import type { ReceiverTools } from '../receivers/settings.ts';
import { FORMAT_NAMES } from '../report/formats.ts';
import { reaches, type Report } from '../report/report.ts';
import type { Runtime } from '../runtime.ts';
import { isBegun, nameOf, placeOfState, type StateSetting, withStore } from '../store/open.ts';
import type { Destination } from '../routes/plan.ts';
import { environmentOf, fromEnvironment, oneOf } from './environment.ts';
import { destinationOf, heldUntil, isFor, openReceivers, send, type Sending, toolsFor } from './receivers.ts';
import { isForReading, write, type Writing } from './writing.ts';

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
  const named = flags.config ?? setting('CONFIG');
  const config = await loadConfig(named, paths.projectDir);
  const environment = environmentOf(flags, setting, config);
  const quiet = flags.quiet ?? /^(?:1|t|true|y|yes)$/i.test(setting('QUIET', 'dbt') ?? '');
  if (!quiet) await announceLongRead(paths, runtime);
  const dryRun = flags.dryRun ?? false;
  const place = placeOfState(flags.state ?? setting('STATE'), config, paths.projectDir, cwd);
  const found = await reportRun(paths, { environment, rules: config.rules, now: runtime.now() });
  const writing = { format, output, quiet, verbose: flags.verbose ?? false, useColors: flags.useColors ?? true };
  const tools = toolsFor({ named, projectDir: paths.projectDir, dryRun }, runtime);

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
  /** Of receivers that cannot be used while others can. */
  let withoutSecret: readonly Problem[] = [];
  let missed: readonly Delivery[] = [];
  try {
    const open = await openReceivers(config, tools);
    withoutSecret = open.problems;
    const destinations = [...open.receivers.map(destinationOf), ...open.unusable];
    const place = await placeFor(work, destinations.length > 0);
    missed = await withStore(place, config.state.keepDays, async (store) => {
      if (store === null) {
        await write(report, writing, runtime);
        return [];
      }
      const telling =
        config.routing === null || destinations.length === 0
          ? null
          : { route: config.routing.route, links: config.links, destinations };
      const remembered = await rememberRun(report, {
        store,
        place: nameOf(place),
        telling,
        rules: config.rules,
        dryRun,
      });
      isRemembered = true;
      const { outbox } = store;
      const route = config.routing?.route ?? null;
      if (dryRun) return writePlan(remembered, { outbox, destinations, route }, writing, runtime);
      const sending = { outbox, ...open, route, seconds: config.sendingSeconds };
      return writeAndSend(remembered, sending, writing, runtime);
    });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const problems = [...error.problems, ...withoutSecret] as const;
    if (isRemembered || !error.problems.every(({ code }) => LATER.has(code))) throw new ProblemError(...problems);
    await write(report, writing, runtime);
    throw new ProblemError(...problems, ...(dryRun ? [] : notCounted(error.problems, config)));
  }
  raise(withoutSecret);
  return missed;
}

/** What became of the run. Without a state there is nothing to count it in, and that is said by itself. */
function notCounted([{ code }]: ProblemError['problems'], { routing }: Config): readonly Problem[] {
  if (code === 'no_state') return [];
  const isAnybodyTold = routing !== null;
  return [
    {
      code,
      what: isAnybodyTold ? 'Nobody was told, and nothing was remembered.' : 'Nothing was remembered.',
      next: `Mend that, then run \`dq-report\` again: unless this run was counted before, it is counted${isAnybodyTold ? ' and told' : ''} then.`,
    },
  ];
}

/** Problems that keep nobody from reading the report. */
const LATER: ReadonlySet<ProblemCode> = new Set(['state_unusable', 'secret_missing', 'no_state']);

async function placeFor({ place, dryRun }: Work, hasReceivers: boolean): Promise<StateSetting> {
  if (place.kind === 'none' && !hasReceivers) return place;
  // A dry run makes no state.
  if (dryRun && !(await isBegun(place))) return { kind: 'sqlite', path: ':memory:' };
  if (place.kind !== 'none') return place;
  throw new ProblemError({
    code: 'no_state',
    what: 'Nobody was told: the configuration has receivers, but incidents are not remembered here (state: none), and without a memory every run would send everything again.',
    next: 'Give dq-report a state with --state or `state.place`, or try --dry-run to see who would be told.',
  });
}

async function writePlan(
  { report, isNew, orders, withdrawn }: Remembered,
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
    (each) => isDue(each, route, report.now) && isFor(each, destinations) && !isReplaced(each, { orders, withdrawn }),
  );
  const { stdout, stderr } = runtime;
  const plan = `${formatPlan(orders, due)}${isNew ? '' : COUNTED_ALREADY}`;
  // A format for programs has the plan in it, or has no place for it.
  if (isForReading(writing)) stdout.write(`\n${plan}`);
  else stderr.write(plan);
  return [];
}

/** Receivers that were set up after the run would else seem to be broken. */
const COUNTED_ALREADY = 'This run was counted already, and nobody is told of it anew: the next dbt build is told.\n';

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

/** Whether a new order would say all of it, or nobody need hear of it any more; what may have arrived is not replaced. */
function isReplaced(
  { order, state, ...delivery }: Delivery,
  { orders, withdrawn }: Pick<Remembered, 'orders' | 'withdrawn'>,
): boolean {
  if (state !== 'pending') return false;
  const isHere = (each: DestinationName): boolean => isSameDestination(each, delivery);
  const gone = new Set([
    ...orders.filter(isHere).flatMap((each) => incidentIdsOf(each.order)),
    ...withdrawn.filter(isHere).map(({ incidentId }) => incidentId),
  ]);
  return incidentIdsOf(order).every((id) => gone.has(id));
}

/** People read first; what a program reads says what was sent. A report that cannot be written keeps nobody from being told. */
async function writeAndSend(
  remembered: Remembered,
  sending: Omit<Sending, 'scope' | 'eager'>,
  writing: Writing,
  runtime: Runtime,
): Promise<readonly Delivery[]> {
  const { report } = remembered;
  if (writing.format === 'json') {
    const deliveries = await sendAndTell(remembered, sending, writing, runtime);
    const actions = deliveries.map((each) => ({ ...each, action: each.order.action }));
    await write({ ...report, deliveries: actions }, writing, runtime);
    return deliveries.filter(isUndelivered);
  }
  let deliveries: readonly Explained[] = [];
  try {
    await write(report, writing, runtime);
  } finally {
    deliveries = await sendAndTell(remembered, sending, writing, runtime);
  }
  return deliveries.filter(isUndelivered);
}

async function sendAndTell(
  { report, isNew }: Remembered,
  sending: Omit<Sending, 'scope' | 'eager'>,
  writing: Writing,
  runtime: Runtime,
): Promise<readonly Explained[]> {
  const deliveries = await send({ ...sending, scope: scopeOf(report.run), eager: false }, runtime);
  const missed = deliveries.filter(isUndelivered);
  const isRead = isForReading(writing) && !writing.quiet;
  const isAnybodyThere = sending.receivers.length + sending.unusable.length > 0;
  if (isRead && isAnybodyThere && !isNew) runtime.stdout.write(`\n${COUNTED_ALREADY}`);
  if (deliveries.length === 0) return deliveries;
  const { formatSent, formatUndelivered } = await import('../report/deliveries.ts');
  const told = formatSent(deliveries);
  if (isRead && told !== '') runtime.stdout.write(`\n${told}`);
  if (missed.length > 0) runtime.stderr.write(formatUndelivered(missed));
  return deliveries;
}

/** Larger files than this may take more than two seconds to read, and a terminal that says nothing looks stuck. */
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

function exitCode(report: Report, failOn: FailOn, missed: readonly Delivery[]): ReportExit {
  if (missed.length > 0) return 3;
  return failOn !== 'never' && reaches(failOn, report) ? 1 : 0;
}
