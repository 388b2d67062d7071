/**
 * Measures whole processes side by side: every round runs each command once, so that a machine that gets slower slows
 * all of them. Quote the ratios: `npm run bench`, or `npm run bench -- --rounds 31`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeArtifacts } from './artifacts.ts';
import { median } from './median.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '21' } } });
const rounds = Number(values.rounds);
const folder = await mkdtemp(join(tmpdir(), 'dq-report-bench-'));

try {
  const { manifest, runResults } = await writeArtifacts(folder, { models: 250, failing: 0.02 });
  console.log(
    `Artifacts: manifest ${megabytes(manifest)} MB, run_results ${megabytes(runResults)} MB; ${rounds} rounds.\n`,
  );
  const report = ['dist/main.cjs', '--run-results', join(folder, 'run_results.json')];
  compare([
    { name: 'node -e 0', args: ['-e', '0'] },
    { name: 'dq-report --help', args: ['dist/main.cjs', '--help'] },
    { name: 'dq-report (text)', args: report },
    { name: 'dq-report --format json', args: [...report, '--format', 'json'] },
    {
      name: 'JSON.parse of both files',
      args: [
        '-e',
        `for (const f of ['manifest','run_results']) JSON.parse(require('fs').readFileSync('${folder}/' + f + '.json', 'utf8'))`,
      ],
    },
  ]);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function compare(commands: readonly { name: string; args: readonly string[] }[]): void {
  const times = new Map(commands.map(({ name }) => [name, new Array<number>()]));
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, args } of commands) {
      const start = performance.now();
      const { status } = spawnSync(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, NO_COLOR: '1' },
      });
      if (status !== 0 && status !== 1) throw new Error(`${name} ended with ${status}`);
      // The first round fills caches and counts for nothing.
      if (round >= 0) times.get(name)?.push(performance.now() - start);
    }
  }
  const base = times.get(commands[0]?.name ?? '') ?? [];
  for (const [name, each] of times) {
    const ratios = each.map((time, round) => time / (base[round] ?? Number.NaN));
    console.log(
      `${name.padEnd(28)} ${median(each).toFixed(0).padStart(5)} ms   ${median(ratios).toFixed(2)} x bare node`,
    );
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
