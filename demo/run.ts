/**
 * The demo: three mornings of a web shop go through dbt, and dq-report tells what is wrong with its data and who gets to
 * know. `npm run demo`
 * Exit codes: 0 when it could tell, whatever it found; 2 when it could not.
 */
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import {
  type DayFolder,
  DemoError,
  demoDir,
  pathFrom,
  root,
  runDbt,
  type RunFolder,
  runFolder,
  runReport,
  runScript,
  savedDay,
  savedDir,
  say,
} from './commands.ts';
import { DEFAULT_UNTIL, type Faults, generateEvents } from './generate-events.ts';
import { type Day, DAYS } from './story.ts';
import { openStage } from './stage.ts';

interface DemoOptions {
  readonly saved?: boolean;
  readonly verbose?: boolean;
  readonly events?: string;
  readonly until: string;
  readonly keep?: string;
}

/** npm starts scripts in the repository, but people name folders from where they are. */
const here = process.env['INIT_CWD'] ?? process.cwd();

const program = new Command('npm run demo --')
  .description('Runs three days of a web shop through dbt, and shows what dq-report says and whom it tells.')
  .option(
    '--events <dir>',
    'Take the daily CSV files in this folder instead of generated ones: one report, and nobody is told.',
  )
  .addOption(
    new Option('--until <day>', 'The last day of the generated events, until all is mended.')
      .default(DEFAULT_UNTIL)
      .conflicts('events'),
  )
  .option('--keep <dir>', 'Keep all that is made in this new folder. Default: demo/runs/latest, replaced each time.')
  .addOption(
    new Option('--saved', 'Tell the story on artifacts saved earlier. Needs neither Python nor dbt.').conflicts([
      'events',
      'until',
      'keep',
    ]),
  )
  .option('-v, --verbose', 'Tell every cause and every request in full.')
  .allowExcessArguments(false)
  .exitOverride();

// Who has seen enough, in `less` or `head`, makes no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  program.parse();
  const options = program.opts<DemoOptions>();
  if (options.saved === true) await replaySaved(options.verbose);
  else if (options.events === undefined) await playStory(options);
  else await reportOn(options.events, options);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof DemoError) {
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 2;
  } else throw error;
}

/** The three days, with dbt. */
async function playStory({ until, keep, verbose = false }: DemoOptions): Promise<void> {
  // Before anything is installed: mistakes of the command line should not cost a minute.
  generated({ until });
  const folder = workFolder(keep);
  await prepare(folder);
  const remark = 'The days pass within a minute, so the times in the messages lie close together.';
  await play({ folder, verbose, remark }, async (day, dayFolder) => {
    writeEvents(day, dayFolder, until);
    await build(dayFolder.events, dayFolder, folder);
    return ['--target-path', pathFrom(root, dayFolder.target)];
  });
}

/** The three days, without dbt: its artifacts of each lie in demo/saved. */
async function replaySaved(verbose = false): Promise<void> {
  await buildTool();
  const path = (folder: string, name: string): string => pathFrom(root, join(folder, name));
  const folder = runFolder(emptied(join(demoDir, 'runs', 'saved')));
  const remark = 'The runs of dbt were saved earlier, so Datadog is told that their news are late.';
  await play({ folder, verbose, remark }, async ({ number }) => [
    '--run-results',
    path(savedDay(number), 'run_results.json'),
    '--manifest',
    path(savedDir, 'manifest.json'),
    '--sources',
    path(savedDay(number), 'sources.json'),
  ]);
}

interface Telling {
  readonly folder: RunFolder;
  readonly verbose: boolean;
  readonly remark: string;
}

/** @param artifactsOf makes the artifacts of a day and names them as flags of dq-report */
async function play(
  { folder, verbose, remark }: Telling,
  artifactsOf: (day: Day, dayFolder: DayFolder) => Promise<readonly string[]>,
): Promise<void> {
  const stage = await openStage(folder, verbose);
  try {
    stage.begin(remark);
    for (const day of DAYS) {
      stage.announce(day);
      await stage.show(day, await artifactsOf(day, folder.day(day.number)));
    }
    stage.end();
  } finally {
    await stage.close();
  }
}

/** One report on somebody's own events, which tell no story. */
async function reportOn(given: string, { keep, verbose = false }: DemoOptions): Promise<void> {
  const events = folderOfEvents(given);
  const folder = workFolder(keep);
  await prepare(folder);
  const day = folder.day(1);
  await build(events, day, folder);
  const artifacts = ['--target-path', pathFrom(root, day.target)];
  const { text } = await runReport({ artifacts, state: folder.state, config: null, verbose });
  say(text);
}

async function prepare(folder: RunFolder): Promise<void> {
  await runScript(join('scripts', 'setup.mjs'), ['python'], 'Installing dbt');
  await buildTool();
  await runDbt({ args: ['deps'], closing: /^Installed from/ }, folder.day(1), { events: '', database: '' });
}

async function build(events: string, day: DayFolder, { database }: RunFolder): Promise<void> {
  const source = { events, database };
  await runDbt(
    { args: ['source', 'freshness'], closing: /freshness of \S+ \.* ?\[/, artifact: 'sources.json' },
    day,
    source,
  );
  await runDbt({ args: ['build'], closing: /^Done\. /, artifact: 'run_results.json' }, day, source);
}

async function buildTool(): Promise<void> {
  await runScript(join('scripts', 'build.ts'), [], 'Building dq-report');
}

function writeEvents({ faults, endsNow }: Day, { events }: DayFolder, until: string): void {
  const now = new Date();
  const files = generated(endsNow ? { until: now.toISOString().slice(0, 10), now, faults } : { until, faults });
  mkdirSync(events, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(events, name), text);
  const rows = [...files.values()].reduce((sum, text) => sum + text.split('\n').length - 2, 0);
  say(`Wrote ${rows} events of ${files.size} days to ${pathFrom(root, events)}.`);
}

function generated(options: {
  readonly until: string;
  readonly now?: Date;
  readonly faults?: Faults;
}): ReadonlyMap<string, string> {
  try {
    return generateEvents(options);
  } catch (error) {
    if (error instanceof RangeError) throw new DemoError(`--until: ${error.message}`);
    throw error;
  }
}

/** With daily files in it. */
function folderOfEvents(given: string): string {
  const folder = resolve(here, given);
  if (!isFolder(folder))
    throw new DemoError(
      `--events: ${given} is not a folder. Name one with the daily files, such as events_20250308.csv.`,
    );
  const files = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  if (files.length === 0)
    throw new DemoError(
      `--events: there is no .csv file in ${given}. Each day should have one, such as events_20250308.csv.`,
    );
  readable('--events', given, folder);
  say(`Taking ${files.length} ${files.length === 1 ? 'file' : 'files'} from ${given}.`);
  return folder;
}

/** Some characters mean something in DuckDB's file patterns, and in dbt's. */
function readable(option: string, given: string, folder: string): void {
  if (/['*?[\]{}]/.test(pathFrom(demoDir, folder)))
    throw new DemoError(
      `${option}: DuckDB cannot read from ${given}, because of a character of '*?[]{} in it. Take another folder.`,
    );
}

function workFolder(keep: string | undefined): RunFolder {
  return runFolder(keep === undefined ? emptied(join(demoDir, 'runs', 'latest')) : newFolder(keep));
}

function newFolder(given: string): string {
  const folder = resolve(here, given);
  const isThere = statSync(folder, { throwIfNoEntry: false });
  if (isThere !== undefined && (!isThere.isDirectory() || readdirSync(folder).length > 0)) {
    throw new DemoError(
      `--keep: ${given} is there already and not empty. Name a new folder; the demo deletes nothing of yours.`,
    );
  }
  readable('--keep', given, folder);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** For folders of the demo itself. */
function emptied(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
