/**
 * The demo: two weeks of a web shop go through dbt, and dq-report tells what is wrong with them. `npm run demo`
 * Exit codes: 0 when it could tell, whatever it found; 2 when it could not.
 */
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { DemoError, demoDir, pathFrom, root, runDbt, runFolder, runReport, runScript, say } from './commands.ts';
import { DEFAULT_UNTIL, generateEvents } from './generate-events.ts';

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
  .description('Runs the web shop project through dbt and lets dq-report tell what is wrong with its data.')
  .option('--events <dir>', 'Take the daily CSV files in this folder instead of generated ones.')
  .addOption(
    new Option('--until <day>', 'The last day of the generated events.').default(DEFAULT_UNTIL).conflicts('events'),
  )
  .option(
    '--keep <dir>',
    'Keep artifacts, logs and database in this new folder. Default: demo/runs/latest, replaced each time.',
  )
  .addOption(
    new Option('--saved', 'Only show the report, on artifacts saved earlier. Needs neither Python nor dbt.').conflicts([
      'events',
      'until',
      'keep',
    ]),
  )
  .option('-v, --verbose', 'Let dq-report tell every cause in full.')
  .allowExcessArguments(false)
  .exitOverride();

try {
  program.parse();
  const options = program.opts<DemoOptions>();
  if (options.saved === true) reportOnSaved(options.verbose);
  else runAll(options);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof DemoError) {
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 2;
  } else throw error;
}

function reportOnSaved(verbose = false): void {
  buildTool();
  runReport(join(demoDir, 'saved'), 'none', verbose);
}

function runAll({ events, until, keep, verbose = false }: DemoOptions): void {
  // Before anything is installed: mistakes of the command line should not cost a minute.
  const source = events === undefined ? writeEvents(until) : folderOfEvents(events);
  const folder = runFolder(keep === undefined ? emptied(join(demoDir, 'runs', 'latest')) : newFolder(keep));
  runScript(join('scripts', 'setup.mjs'), ['python'], 'Installing dbt');
  buildTool();

  runDbt({ args: ['deps'], closing: /^Installed from/ }, folder, source);
  runDbt(
    { args: ['source', 'freshness'], closing: /freshness of \S+ \.* ?\[/, artifact: 'sources.json' },
    folder,
    source,
  );
  runDbt({ args: ['build'], closing: /^Done\. /, artifact: 'run_results.json' }, folder, source);
  runReport(folder.target, pathFrom(root, folder.state), verbose);
}

function buildTool(): void {
  runScript(join('scripts', 'build.ts'), [], 'Building dq-report');
}

/** @returns the folder as the dbt project names it */
function writeEvents(until: string): string {
  const files = generated(until);
  const folder = emptied(join(demoDir, 'data'));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  const rows = [...files.values()].reduce((sum, text) => sum + text.split('\n').length - 2, 0);
  say(`Wrote ${rows} events of ${files.size} days, up to ${until}, to ${pathFrom(root, folder)}.`);
  return pathFrom(demoDir, folder);
}

function generated(until: string): ReadonlyMap<string, string> {
  try {
    return generateEvents({ until });
  } catch (error) {
    if (error instanceof RangeError) throw new DemoError(`--until: ${error.message}`);
    throw error;
  }
}

/** @returns the folder as the dbt project names it */
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
  const path = pathFrom(demoDir, folder);
  // They mean something in DuckDB's file patterns, and in dbt's.
  if (/['*?[\]{}]/.test(path))
    throw new DemoError(
      `--events: DuckDB cannot read from ${given}, because of a character of '*?[]{} in it. Rename the folder or copy it.`,
    );
  say(`Taking ${files.length} ${files.length === 1 ? 'file' : 'files'} from ${given}.`);
  return path;
}

function newFolder(given: string): string {
  const folder = resolve(here, given);
  const isThere = statSync(folder, { throwIfNoEntry: false });
  if (isThere !== undefined && (!isThere.isDirectory() || readdirSync(folder).length > 0)) {
    throw new DemoError(
      `--keep: ${given} is there already and not empty. Name a new folder; the demo deletes nothing of yours.`,
    );
  }
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
