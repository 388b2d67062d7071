/**
 * What remembering costs: a whole report without state, with a new one, and with one of many runs and incidents, side by
 * side: `node bench/state.ts [--runs N] [--incidents N] [--rounds N]`.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readRun } from '../src/artifacts/read-run.ts';
import { fingerprintOfNode } from '../src/findings/fingerprint.ts';
import { subjectOfTest } from '../src/findings/subject.ts';
import type { Incident } from '../src/incidents/incident.ts';
import { openStore } from '../src/store/open.ts';
import { writeArtifacts } from './artifacts.ts';
import { median } from './median.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    incidents: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '11' },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'dq-report-bench-'));
try {
  await writeArtifacts(folder, { models: 250, failing: 0.03 });
  const large = join(folder, 'large.sqlite');
  await fill(large);
  const { size } = await stat(large);
  console.log(
    `${values.runs} runs, ${values.incidents} incidents, ${(size / 1e6).toFixed(1)} MB; ${values.rounds} rounds.\n`,
  );
  const report = ['dist/main.cjs', '--quiet', '--run-results', join(folder, 'run_results.json'), '--state'];
  const commands = [
    ['node -e 0', () => Promise.resolve(['-e', '0'])],
    ['--state none', () => Promise.resolve([...report, 'none'])],
    ['a new state', async () => [...report, await fresh('new.sqlite', null)]],
    ['a large state', async () => [...report, await fresh('copy.sqlite', large)]],
  ] as const;
  const times = commands.map(() => new Array<number>());
  for (let round = -1; round < Number(values.rounds); round += 1) {
    for (const [index, [name, args]] of commands.entries()) {
      const words = await args();
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
      if (status !== 0 && status !== 1) throw new Error(`${name} ended with ${status}: ${stderr}`);
      if (round >= 0) times[index]?.push(performance.now() - start);
    }
  }
  for (const [index, [name]] of commands.entries()) {
    const ratios = times[index]?.map((time, round) => time / (times[1]?.[round] ?? Number.NaN)) ?? [];
    console.log(
      `${name.padEnd(16)} ${median(times[index] ?? [])
        .toFixed(0)
        .padStart(5)} ms   ${median(ratios).toFixed(2)} x without state`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** A state of its own for each round: the second report of the same run writes nothing. */
async function fresh(name: string, from: string | null): Promise<string> {
  const path = join(folder, name);
  await Promise.all(['', '-wal', '-shm'].map((end) => rm(path + end, { force: true })));
  if (from !== null) await cp(from, path);
  return path;
}

/** A fifth is open all the time, on tests that fail; the others ended lately, so that each report reads them. */
async function fill(path: string): Promise<void> {
  const run = await readRun(
    {
      projectDir: null,
      targetDir: folder,
      runResults: [join(folder, 'run_results.json')],
      manifest: join(folder, 'manifest.json'),
      sources: null,
    },
    { environment: null },
  );
  const store = await openStore({ kind: 'sqlite', path }, 40_000);
  if (store === null) throw new Error('There is no store.');
  const tests = run.results.filter(({ uniqueId }) => uniqueId.startsWith('test.'));
  const byOutcome = [
    ...tests.filter(({ status }) => status === 'fail'),
    ...tests.filter(({ status }) => status === 'pass'),
  ];
  const incidents = byOutcome
    .slice(0, Number(values.incidents))
    .map(({ uniqueId, status }, index) =>
      incident(index, uniqueId, subjectOfTest(run.manifest, uniqueId), status === 'fail'),
    );
  for (let number = 0; number < Number(values.runs); number += 1) {
    const at = new Date(Date.UTC(2020, 0, 1) + number * 3_600_000);
    await store.applyRun({ ...run, invocationIds: [`run-${number}`], generatedAt: at.toISOString() }, at, () =>
      incidents.map((each) => ({
        reason: number % 10 === 0 ? 'worsened' : 'ongoing',
        incident: each,
        at: at.toISOString(),
      })),
    );
  }
  await store.close();
}

function incident(index: number, uniqueId: string, subjectId: string, isOpen: boolean): Incident {
  const at = '2026-01-01T00:00:00.000Z';
  const level = { severity: 'error', failures: 5 } as const;
  return {
    id: index.toString(16).padStart(12, '0'),
    environment: null,
    fingerprint: isOpen ? fingerprintOfNode(uniqueId, subjectId, null) : `fingerprint-${index}`,
    uniqueId,
    subjectId,
    testIdentity: null,
    title: uniqueId,
    kind: 'test_failed',
    state: isOpen ? 'open' : 'resolved',
    ...level,
    told: level,
    foldedUnder: null,
    openedAt: at,
    lastSeenAt: at,
    lastObservedAt: at,
    endedAt: isOpen ? null : new Date().toISOString(),
    runs: 1,
    recent: 'F',
    flapping: false,
  };
}
