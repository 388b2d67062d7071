/**
 * Artifacts of large projects: reading them beside `JSON.parse`, and whole reports with few and many failures, in time and
 * peak memory: `npm run build && node bench/large.ts [--sizes 5,50,250,1100] [--rounds 5] [--shares 0.01,0.1,1]`.
 * Sizes are those of the manifest in MB. What takes too much memory for this machine is left out by hand.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';
import { bundleOptions } from '../scripts/bundle-options.ts';
import { TESTS_PER_MODEL, writeArtifacts } from './artifacts.ts';
import { median } from './median.ts';

/** Of the manifest, beside its macros, which take 0.9 MB. */
const BYTES_PER_MODEL = 16_770;

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '5,50,250,1100' },
    shares: { type: 'string', default: '0.01,0.1,1' },
    rounds: { type: 'string', default: '5' },
  },
});
const shares = values.shares.split(',').map(Number);
const rounds = Number(values.rounds);

interface Command {
  readonly name: string;
  readonly args: readonly string[];
}

interface Taken {
  readonly milliseconds: number;
  readonly processorMilliseconds: number;
  readonly bytes: number;
}

const folder = await mkdtemp(join(tmpdir(), 'dq-report-bench-'));
try {
  await build({
    ...bundleOptions,
    input: 'bench/read.ts',
    output: { ...bundleOptions.output, dir: join(folder, 'read') },
  });
  for (const size of values.sizes.split(',').map(Number)) await measure(size);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(size: number): Promise<void> {
  const models = Math.round((size - 0.9) * (1_000_000 / BYTES_PER_MODEL));
  const folders = shares.map((share) => join(folder, `${size}-${share}`));
  const broken = join(folder, `${size}-broken`);
  const written = [];
  for (const [index, failing] of shares.entries())
    written.push(await writeArtifacts(folders[index] ?? folder, { models, failing }));
  await writeArtifacts(broken, { models, failing: 0, broken: true });
  const [first] = written;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  console.log(
    `\nManifest ${megabytes(first?.manifest ?? 0)} MB, run_results ${megabytes(first?.runResults ?? 0)} MB, ${models} models, ${TESTS_PER_MODEL * models} tests; ${rounds} rounds.\n`,
  );
  const source = folders[0] ?? folder;
  compare([
    { name: 'node -e 0', args: ['-e', '0'] },
    {
      name: 'JSON.parse of both files',
      args: [
        '-e',
        "for (const name of ['manifest', 'run_results']) JSON.parse(require('fs').readFileSync(`${process.argv[1]}/${name}.json`, 'utf8'))",
        source,
      ],
    },
    { name: 'reading', args: [join(folder, 'read/read.cjs'), source] },
    ...folders.map((path, index) => ({
      name: `dq-report, ${(shares[index] ?? 0) * 100} % failing`,
      args: reportOn(path),
    })),
    { name: 'dq-report, a broken model', args: reportOn(broken) },
  ]);
  for (const path of [...folders, broken]) await rm(path, { recursive: true });
}

function reportOn(path: string): readonly string[] {
  return ['dist/main.cjs', '--state', 'none', '--run-results', join(path, 'run_results.json')];
}

/** Every round runs each command once, and ratios are taken round by round. */
function compare(commands: readonly Command[]): void {
  const taken = commands.map(() => new Array<Taken | null>());
  // The first round fills caches and counts for nothing.
  for (let round = -1; round < rounds; round += 1)
    for (const [index, command] of commands.entries()) {
      const each = run(command);
      if (round >= 0) taken[index]?.push(each);
    }
  const [bare = [], parsed = []] = taken;
  for (const [index, { name }] of commands.entries()) {
    const mine = taken[index] ?? [];
    const known = mine.filter((each) => each !== null);
    if (known.length === 0) {
      console.log(`${name.padEnd(28)} fails`);
      continue;
    }
    const typical = (of: (each: Taken) => number): string => median(known.map(of)).toFixed(0).padStart(6);
    const ratio = (others: readonly (Taken | null)[], of: (each: Taken) => number): string =>
      ratioOf(mine, others, of).padStart(6);
    console.log(
      [
        name.padEnd(26),
        `${typical(({ milliseconds }) => milliseconds)} ms`,
        `${ratio(bare, ({ milliseconds }) => milliseconds)} x node`,
        `${ratio(parsed, ({ milliseconds }) => milliseconds)} x JSON.parse`,
        `(processor ${ratio(parsed, ({ processorMilliseconds }) => processorMilliseconds)} x)`,
        `${typical(({ bytes }) => bytes / 1e6)} MB`,
        `${ratio(bare, ({ bytes }) => bytes)} x node`,
      ].join('  '),
    );
  }
}

/** Null if it failed. */
function run({ args }: Command): Taken | null {
  const start = performance.now();
  const { status, output } = spawnSync(process.execPath, ['--require', './bench/peak.cjs', ...args], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  const milliseconds = performance.now() - start;
  const isWhole = status === 0 || (status === 1 && args[0] === 'dist/main.cjs');
  const [bytes = 0, microseconds = 0] = (output[3] ?? '').split(' ').map(Number);
  return isWhole ? { milliseconds, processorMilliseconds: microseconds / 1000, bytes } : null;
}

function ratioOf(
  mine: readonly (Taken | null)[],
  others: readonly (Taken | null)[],
  of: (each: Taken) => number,
): string {
  const ratios = mine.flatMap((each, round) => {
    const other = others[round] ?? null;
    return each === null || other === null ? [] : [of(each) / of(other)];
  });
  return ratios.length === 0 ? '-' : median(ratios).toFixed(2);
}
