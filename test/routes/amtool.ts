import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Alertmanager's own tool, of the Debian package prometheus-alertmanager: what it says is right. */
export const hasAmtool = isInstalled();

function isInstalled(): boolean {
  try {
    execFileSync('amtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const WITHOUT_AMTOOL = 'amtool is missing (apt-get install prometheus-alertmanager)';

/** A folder for configurations, gone afterwards. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'dq-report-amtool-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Which of the configurations Alertmanager takes; JSON is YAML. */
export function accepted(configurations: readonly object[]): Promise<readonly boolean[]> {
  return inFolder(async (folder) => {
    const paths = configurations.map((configuration, index) => {
      const path = join(folder, `${index}.yml`);
      writeFileSync(path, JSON.stringify(configuration));
      return path;
    });
    // It ends with 1 if any is refused, after it has told of all.
    const output = await promisify(execFile)('amtool', ['check-config', ...paths]).then(
      ({ stdout, stderr }) => stdout + stderr,
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
    );
    return paths.map((path) => {
      const verdict = output.split(`Checking '${path}'`)[1]?.split("Checking '")[0] ?? '';
      if (!/SUCCESS|FAILED/.test(verdict)) throw new Error(`amtool says nothing of ${path}: ${output}`);
      return verdict.includes('SUCCESS');
    });
  });
}

/** The receivers that Alertmanager would tell, with commas between, for each set of labels. */
export function told(configuration: object, labelSets: readonly (readonly string[])[]): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    const path = join(folder, 'alertmanager.yml');
    writeFileSync(path, JSON.stringify(configuration));
    const answers: string[] = [];
    for (const labels of labelSets) {
      const { stdout } = await promisify(execFile)('amtool', [
        'config',
        'routes',
        'test',
        `--config.file=${path}`,
        ...labels,
      ]);
      answers.push(stdout.trim());
    }
    return answers;
  });
}
