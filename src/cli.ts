import { Command, CommanderError, Option } from 'commander';
import type { CheckConfigFlags } from './commands/check-config.ts';
import type { DeliveriesFlags, DropFlags } from './commands/deliveries.ts';
import type { IncidentsFlags } from './commands/incidents.ts';
import type { InitFlags } from './commands/init.ts';
import type { ReportFlags } from './commands/report.ts';
import type { RoutesTestFlags } from './commands/routes.ts';
import { type Problem, ProblemError } from './errors.ts';
import { plain } from './findings/plain.ts';
import type { Runtime } from './runtime.ts';

/**
 * 0: nothing at or above `--fail-on`; 1: findings, or a run that did not get to its end; 2: dq-report could not do its
 * work; 3: alerts are not delivered, and kept.
 */
export type ExitCode = 0 | 1 | 2 | 3;

/** Parses the command line, runs the command, and turns mistakes into sentences. Defects are thrown on. */
export async function runCli(args: readonly string[], version: string, runtime: Runtime): Promise<ExitCode> {
  let exit: ExitCode = 0;
  const program = buildProgram(version, runtime, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exit;
  } catch (error) {
    // --help and --version end this way too.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const problems =
      error instanceof CommanderError
        ? [await usageProblem(error, args, program)]
        : error instanceof ProblemError
          ? error.problems
          : null;
    if (problems === null) throw error;
    tell(problems, args, runtime);
    return 2;
  }
}

async function usageProblem(
  { code, message }: CommanderError,
  args: readonly string[],
  program: Command,
): Promise<Problem> {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'));
  const group = program.commands.find((command) => command.name() === first);
  const below = group ?? program;
  const wrong = group === undefined ? first : second;
  const known = below.commands.map((command) => command.name());
  if (code === 'commander.excessArguments' && wrong !== undefined && known.length > 0 && !known.includes(wrong)) {
    const { suggest } = await import('./config/suggest.ts');
    return {
      code: 'usage',
      what: `There is no command \`${[group?.name(), wrong].filter((word) => word !== undefined).join(' ')}\`.`,
      next: `${suggest(wrong, known)}There are: ${known.join(', ')}.`,
    };
  }
  const what = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const command = [group, group?.commands.find((each) => each.name() === second)].flatMap((each) => each?.name() ?? []);
  return { code: 'usage', what, next: `Run \`${['dq-report', ...command, '--help'].join(' ')}\` to see every option.` };
}

function buildProgram(version: string, runtime: Runtime, finish: (exit: ExitCode) => void): Command {
  const program = new Command('dq-report')
    .description('Reads what dbt left behind and says what broke, why, whose it is and which dashboards not to trust.')
    .version(version, '--version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false)
    .showSuggestionAfterError()
    // Mistakes are told below, all in one way.
    .configureOutput({ writeOut: (text) => runtime.stdout.write(text), writeErr: () => undefined })
    .exitOverride();

  const report = withArtifacts(program.command('report', { isDefault: true }))
    .description('Report on the newest dbt run of this project (the default command).')
    .option(
      '--state <place>',
      'Where incidents are remembered: a file, a postgresql:// URL, or none. Default: .dq-report/state.sqlite in the project.',
    )
    .option('--format <format>', 'text, json, markdown or junit. Default: text.')
    .option('--output <file>', 'Write the report there instead of to the terminal.')
    .option(
      '--fail-on <severity>',
      'Exit with 1 when a cause is at least this bad: error, warning, or never. Default: error.',
    )
    .option('--dry-run', 'Say who would be told what; send and remember nothing.')
    .option('-v, --verbose', 'Tell every cause in full, with all that is folded under it.')
    .option('-q, --quiet', 'Print no text report; the exit code tells.')
    .option('--no-use-colors', 'Print without colours (also: the variable NO_COLOR).')
    .addOption(
      new Option('--log-format <format>', 'How errors are written: text or json. Default: text.').choices([
        'text',
        'json',
      ]),
    )
    .addHelpText('after', helpAfter)
    .action(async (flags: ReportFlags) => {
      const { reportCommand } = await import('./commands/report.ts');
      finish(await reportCommand(flags, runtime));
    });
  addIncidents(program, runtime, finish);
  addDeliveries(program, runtime, finish);
  addConfiguration(program, runtime, finish);
  // Who asks for help wants to know what `dq-report` alone can do, and that is report.
  program.addHelpText('after', () => `\nOptions of report:\n${optionsOf(report)}\n${helpAfter}`);
  return program;
}

function withProject(command: Command): Command {
  return command.option(
    '--project-dir <dir>',
    'The dbt project. Default: the nearest folder with a dbt_project.yml, from here upwards.',
  );
}

function withConfig(command: Command): Command {
  return command.option('--config <file>', 'Another configuration than dq-report.yml in the project.');
}

function withTarget(command: Command): Command {
  return withProject(command).option(
    '--target-path <dir>',
    "Where dbt wrote its artifacts. Default: the project's target-path, usually target.",
  );
}

/** What says which run is meant. */
function withArtifacts(command: Command): Command {
  const located = withTarget(command)
    .option(
      '--run-results <file...>',
      'One or more run_results.json, for runs of several dbt commands; the newest result of a node counts.',
    )
    .option('--manifest <file>', 'Another manifest.json than the one beside run_results.json.')
    .option('--sources <file>', 'Another sources.json than the one beside run_results.json.');
  return withConfig(located).option('--environment <name>', 'Name of this environment, such as prod.');
}

function addConfiguration(program: Command, runtime: Runtime, finish: (exit: ExitCode) => void): void {
  withTarget(program.command('init'))
    .description("Write a dq-report.yml with this project's names, to begin with. Overwrites nothing.")
    .action(async (flags: InitFlags) => {
      const { initCommand } = await import('./commands/init.ts');
      finish(await initCommand(flags, runtime));
    });
  withConfig(withProject(program.command('check-config')))
    .description('Check dq-report.yml and say what it holds.')
    .option('--online', 'Also ask every receiver whether it would take a message.')
    .action(async (flags: CheckConfigFlags) => {
      const { checkConfigCommand } = await import('./commands/check-config.ts');
      finish(await checkConfigCommand(flags, runtime));
    });
  const routes = program.command('routes').description('Look at who is told what.');
  withArtifacts(routes.command('test', { isDefault: true }))
    .argument(
      '[labels...]',
      'Labels of something to be told, severity=critical, instead of the causes of the last run.',
    )
    .description('Show which receivers would be told of the causes of the last run, and by which routes.')
    .option('--expect <receivers>', 'Exit with 1 unless these receivers, and no others, would be told: a,b.')
    .option('--format <format>', 'text or json. Default: text.')
    .option('-v, --verbose', 'Show the labels of every cause.')
    .action(async (labels: readonly string[], flags: RoutesTestFlags) => {
      const { routesTestCommand } = await import('./commands/routes.ts');
      finish(await routesTestCommand(labels, flags, runtime));
    });
}

/** Commands that look into a state. */
function withState(command: Command): Command {
  return withConfig(withProject(command))
    .option('--state <place>', 'Where incidents are remembered: a file or a postgresql:// URL.')
    .option('--format <format>', 'text or json. Default: text.');
}

function withEnvironment(command: Command): Command {
  return command.option(
    '--environment <name>',
    'Only those of this environment. Default: that of the variable DQ_REPORT_ENVIRONMENT, else of dq-report.yml, else all.',
  );
}

function addIncidents(program: Command, runtime: Runtime, finish: (exit: ExitCode) => void): void {
  const incidents = program
    .command('incidents')
    .description('List what is broken now and since when, and what has ended lately.');
  withEnvironment(
    withState(incidents.command('list', { isDefault: true }).description('List incidents (the default).')),
  )
    .option('--all', 'All that are remembered, not only the open ones and those that ended in the last seven days.')
    .action(async (flags: IncidentsFlags) => {
      const { incidentsCommand } = await import('./commands/incidents.ts');
      finish(await incidentsCommand(flags, runtime));
    });
  withState(incidents.command('show').argument('<id>').description('Tell the whole story of one incident.')).action(
    async (id: string, flags: IncidentsFlags) => {
      const { showIncidentCommand } = await import('./commands/incidents.ts');
      finish(await showIncidentCommand(id, flags, runtime));
    },
  );
}

function addDeliveries(program: Command, runtime: Runtime, finish: (exit: ExitCode) => void): void {
  const deliveries = program.command('deliveries').description('Look after alerts that are not delivered.');
  withEnvironment(
    withState(
      deliveries.command('list', { isDefault: true }).description('List alerts that are not delivered (the default).'),
    ),
  )
    .option('--all', 'All that are remembered, also those that were sent or dropped.')
    .action(async (flags: DeliveriesFlags) => {
      const { deliveriesCommand } = await import('./commands/deliveries.ts');
      finish(await deliveriesCommand(flags, runtime));
    });
  withState(deliveries.command('retry').argument('<id>').description('Make one due now, also a dead letter.')).action(
    async (id: string, flags: DeliveriesFlags) => {
      const { retryCommand } = await import('./commands/deliveries.ts');
      finish(await retryCommand(id, flags, runtime));
    },
  );
  withState(deliveries.command('drop').argument('<id>').description('Take one out, so that it is never sent.'))
    .requiredOption('--reason <text>', 'Why; it is remembered.')
    .action(async (id: string, flags: DropFlags) => {
      const { dropCommand } = await import('./commands/deliveries.ts');
      finish(await dropCommand(id, flags, runtime));
    });
  withEnvironment(
    withState(deliveries.command('flush').description('Send what is due, also what has failed a moment ago.')),
  ).action(async (flags: DeliveriesFlags) => {
    const { flushCommand } = await import('./commands/deliveries.ts');
    finish(await flushCommand(flags, runtime));
  });
}

function optionsOf(command: Command): string {
  const help = command.createHelp();
  help.prepareContext({});
  const width = help.longestOptionTermLength(command, help);
  return help
    .visibleOptions(command)
    .map((option) => help.formatItem(help.optionTerm(option), width, help.optionDescription(option), help))
    .join('\n');
}

const helpAfter = `
Most options can be set by a variable too: DQ_REPORT_FAIL_ON=warning. dbt's own
DBT_TARGET_PATH, DBT_PROJECT_DIR and DBT_QUIET (or DBT_ENGINE_...) are read as well.

Exit codes: 0 nothing at or above --fail-on, 1 findings or an unfinished run,
2 dq-report could not work, 3 alerts are not delivered, and kept.`;

/** All problems at once: what, then what to do. */
function tell(problems: readonly Problem[], args: readonly string[], { stderr, env }: Runtime): void {
  const flag = args.indexOf('--log-format');
  const logFormat =
    (flag === -1 ? args.find((arg) => arg.startsWith('--log-format='))?.split('=')[1] : args[flag + 1]) ??
    env['DQ_REPORT_LOG_FORMAT'];
  for (const { code, what, next } of problems) {
    stderr.write(
      logFormat === 'json'
        ? `${JSON.stringify({ level: 'error', code, message: what, next })}\n`
        : plain(`${what}\n  ${next}\n`),
    );
  }
}
