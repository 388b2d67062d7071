/**
 * Brings a fresh clone to where the demo and the tests can run: `node scripts/setup.mjs [part …]`, all parts if none is named.
 * Plain JavaScript that runs on any Node still in use, because it is what installs the Node the rest needs.
 * Each part is skipped when its lock file has not changed since the last time.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';

const parts = {
  node: {
    lock: 'package-lock.json',
    stamp: '.setup/node',
    proof: 'node_modules/.package-lock.json',
    install() {
      say('Installing the Node packages (about half a minute, once) …');
      run(
        'npm',
        ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
        'See the message above; `npm ci` by hand shows more.',
      );
    },
  },
  python: pythonPart({
    name: 'python',
    folder: '.venv',
    lock: 'demo/requirements.txt',
    what: 'dbt for DuckDB and PostgreSQL',
    time: 'about a minute',
  }),
  dialects: pythonPart({
    name: 'dialects',
    folder: '.venvs/dialects',
    lock: 'test/dbt-package/requirements-dialects.txt',
    what: 'what tests the SQL for Snowflake, BigQuery, Redshift, Databricks and Spark',
    time: 'about a minute, 650 MB',
  }),
  'dbt-1.10': pythonPart({
    name: 'dbt-1.10',
    folder: '.venvs/dbt-1.10',
    lock: 'test/dbt-package/requirements-dbt-1.10.txt',
    what: 'the oldest dbt that is tested',
    time: 'a quarter of a minute',
  }),
  'dbt-1.12': pythonPart({
    name: 'dbt-1.12',
    folder: '.venvs/dbt-1.12',
    lock: 'test/dbt-package/requirements-dbt-1.12.txt',
    what: 'the newest dbt that is tested',
    time: 'a quarter of a minute',
  }),
};

for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts)) {
  const part = parts[name];
  if (part === undefined) fail(`There is no set-up part named "${name}". There are: ${Object.keys(parts).join(', ')}.`);
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, part.lock)))
    .digest('hex');
  const stamp = join(root, part.stamp);
  if (existsSync(join(root, part.proof)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue;
  part.install();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** A virtual environment with what a lock file lists, and nothing else. */
function pythonPart({ name, folder, lock, what, time }) {
  return {
    lock,
    stamp: `.setup/${name}`,
    proof: `${folder}/pyvenv.cfg`,
    install() {
      if (lstatSync(join(root, folder), { throwIfNoEntry: false })?.isSymbolicLink())
        fail(`${folder} is a link. Remove it first: what it leads to would be emptied.`);
      say(`Installing ${what} into ${folder} (${time}, once) …`);
      run(
        findPython(),
        ['-m', 'venv', '--clear', folder],
        'On Debian and Ubuntu the module is in the package python3-venv.',
      );
      const python = join(folder, windows ? 'Scripts' : 'bin', 'python');
      const options = ['--quiet', '--disable-pip-version-check', '--no-compile', '--no-deps'];
      run(python, ['-m', 'pip', 'install', ...options, '-r', lock], 'See the message above.');
    },
  };
}

function findPython() {
  const candidates = process.env.DQ_REPORT_PYTHON
    ? [process.env.DQ_REPORT_PYTHON]
    : ['python3', 'python', 'python3.13', 'python3.12', 'python3.11'];
  for (const candidate of candidates) {
    const check = spawnSync(candidate, ['-c', 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))']);
    if (check.status === 0) return candidate;
  }
  return fail(
    `dbt needs Python 3.11 to 3.13, and none of ${candidates.join(', ')} is one. ` +
      'Install one, or name it: DQ_REPORT_PYTHON=/path/to/python3 npm run demo. ' +
      'Without Python, `npm run demo -- --saved` shows the report on saved artifacts.',
  );
}

function run(command, args, hint) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: windows });
  if (result.status !== 0) fail(`\`${command} ${args.join(' ')}\` did not work. ${hint}`);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(2);
}
