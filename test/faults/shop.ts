import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { outputFile } from 'fs-extra/esm';
import { locateArtifacts } from '../../src/artifacts/locate.ts';
import { noRules } from '../../src/findings/rules.ts';
import { reportRun } from '../../src/pipeline.ts';
import type { Report } from '../../src/report/report.ts';
import { type Change, events } from './clean-events.ts';

const root = resolve(import.meta.dirname, '../..');
export const dbtProgram = join(root, '.venv', process.platform === 'win32' ? 'Scripts/dbt.exe' : 'bin/dbt');

/** One thing wrong with the shop, and how it is run. */
export interface Fault {
  /** Files of the project, and what becomes of their text; of a new file's, which is empty. */
  readonly files?: Readonly<Record<string, (text: string) => string>>;
  readonly events?: Change;
  /** How many hours the events lag behind. */
  readonly lateBy?: number;
  readonly commands?: readonly (readonly string[])[];
}

export interface ShopReport {
  readonly report: Report;
  /** The totals at the end of dbt's own output, of each command that has some: `PASS=31 WARN=1 …`. */
  readonly closing: readonly string[];
}

const usual = [['source', 'freshness'], ['build']];

/** A copy of the demo project, with events in which nothing is wrong, to be broken in one way after the other. */
export class Shop {
  readonly #folder: string;
  readonly #originals = new Map<string, string | null>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async copyTo(folder: string): Promise<Shop> {
    await mkdir(join(folder, 'dbt_packages'), { recursive: true });
    for (const name of ['dbt_project.yml', 'profiles.yml', 'macros', 'models']) {
      await cp(join(root, 'demo', name), join(folder, name), { recursive: true });
    }
    await writeFile(join(folder, 'packages.yml'), `packages:\n  - local: ${JSON.stringify(root)}\n`);
    // What `dbt deps` would do.
    await symlink(root, join(folder, 'dbt_packages', 'dq_report'));
    return new Shop(folder);
  }

  /** Breaks the shop, runs dbt and dq-report, mends the shop. */
  async report({ files = {}, events: change, lateBy = 0, commands = usual }: Fault): Promise<ShopReport> {
    const now = new Date();
    const target = join(this.#folder, 'target');
    await Promise.all(
      ['run_results.json', 'sources.json', 'shop.duckdb'].map((name) => rm(join(target, name), { force: true })),
    );
    await rm(join(this.#folder, 'events'), { recursive: true, force: true });
    await outputFile(
      join(this.#folder, 'events', 'all.csv'),
      events(new Date(now.getTime() - lateBy * 3_600_000), change),
    );
    try {
      for (const [path, edit] of Object.entries(files)) await this.#edit(path, edit);
      const closing: string[] = [];
      for (const command of commands) closing.push(...closingLines(await this.#dbt(command)));
      const paths = await locateArtifacts({
        cwd: this.#folder,
        projectDir: null,
        targetPath: null,
        runResults: [],
        manifest: null,
        sources: null,
      });
      const report = await reportRun(paths, { environment: null, rules: noRules, now });
      return { report, closing };
    } finally {
      await this.#mend();
    }
  }

  async #edit(path: string, edit: (text: string) => string): Promise<void> {
    const file = join(this.#folder, path);
    const text = await readFile(file, 'utf8').catch(() => null);
    this.#originals.set(file, text);
    const edited = edit(text ?? '');
    if (edited === text) throw new Error(`The fault changes nothing in ${path}.`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, edited);
  }

  async #mend(): Promise<void> {
    for (const [file, text] of this.#originals) await (text === null ? rm(file) : writeFile(file, text));
    this.#originals.clear();
  }

  /** Faults make dbt end with 1; 2 means that it could not even start to work. */
  #dbt(command: readonly string[]): Promise<string> {
    const env = {
      PATH: process.env['PATH'] ?? '',
      DBT_PROFILES_DIR: this.#folder,
      WEB_EVENTS_DIR: join(this.#folder, 'events'),
      WEB_SHOP_DATABASE: join(this.#folder, 'target', 'shop.duckdb'),
    };
    return new Promise((done, failed) => {
      const threads = command.includes('--threads') ? [] : ['--threads', '2'];
      const dbt = spawn(dbtProgram, [...command, '--no-use-colors', ...threads], { cwd: this.#folder, env });
      let output = '';
      for (const stream of [dbt.stdout, dbt.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      dbt.on('error', failed);
      dbt.on('close', (code) =>
        code === 0 || code === 1
          ? done(output)
          : failed(new Error(`dbt ${command.join(' ')} ended with ${code}:\n${output}`)),
      );
    });
  }
}

function closingLines(output: string): readonly string[] {
  return [...output.matchAll(/Done\. (PASS=.*)/g)].map(([, totals = '']) => totals.trim());
}
