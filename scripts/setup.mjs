/**
 * Brings a fresh clone to where the demo and the tests can run: `node scripts/setup.mjs [node] [python]`.
 * Plain JavaScript that runs on any Node still in use, because it is what installs the Node the rest needs.
 * Each part is skipped when its lock file has not changed since the last time.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  python: {
    lock: 'demo/requirements.txt',
    stamp: '.setup/python',
    proof: '.venv/pyvenv.cfg',
    install() {
      say('Installing dbt for DuckDB and PostgreSQL into .venv (about a minute, once) …');
      const python = findPython();
      run(
        python,
        ['-m', 'venv', '--clear', '.venv'],
        'On Debian and Ubuntu the module is in the package python3-venv.',
      );
      const pip = join('.venv', windows ? 'Scripts' : 'bin', 'python');
      run(
        pip,
        ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', this.lock],
        'See the message above.',
      );
    },
  },
};

for (const name of process.argv.slice(2)) {
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

function findPython() {
  const candidates = process.env.DQ_REPORT_PYTHON
    ? [process.env.DQ_REPORT_PYTHON]
    : ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
  for (const candidate of candidates) {
    const check = spawnSync(candidate, ['-c', 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))']);
    if (check.status === 0) return candidate;
  }
  return fail(
    `dbt needs Python 3.10 to 3.13, and none of ${candidates.join(', ')} is one. ` +
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
