import { EventEmitter, once } from 'node:events';
import { rename, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ProblemError, systemCodeOf } from '../errors.ts';
import { type FormatName, formats } from '../report/formats.ts';
import type { Report } from '../report/report.ts';
import type { Runtime } from '../runtime.ts';

const DEFAULT_WIDTH = 80;

/** Where the report goes, and how it looks there. */
export interface Writing {
  readonly format: FormatName;
  readonly output: string | null;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly useColors: boolean;
}

/** Whether a person reads the report where it is written, and may be told more beside it. */
export function isForReading({ format, output }: Writing): boolean {
  return format === 'text' && output === null;
}

export async function write(
  report: Report,
  { format, output, quiet, verbose, useColors }: Writing,
  { cwd, stdout, env }: Runtime,
): Promise<void> {
  const render = await formats[format]();
  if (output !== null) {
    const pieces = gathered(render(report, { width: DEFAULT_WIDTH, colour: false, verbose }));
    await writeWhole(resolve(cwd, output), pieces).catch((error: unknown) => {
      throw new ProblemError({
        code: 'output_unwritable',
        what: `The report could not be written to ${output} (${systemCodeOf(error)}).`,
        next: 'Name another file with --output.',
      });
    });
    return;
  }
  // A format asked for by name is somebody's input; only the report for reading can be too much.
  if (quiet && format === 'text') return;
  const presentation = {
    width: widthOf(stdout.columns, env),
    colour: useColors && wantsColour(stdout.isTTY ?? false, env),
    verbose,
  };
  // Whoever reads a pipe may be slower than this.
  for (const piece of gathered(render(report, presentation)))
    if (stdout.write(piece) === false && stdout.writable === true && stdout instanceof EventEmitter)
      // That it cannot be written, main.ts tells.
      await once(stdout, 'drain').catch(() => undefined);
}

const PIECE_LENGTH = 1 << 16;

/** Few large pieces: each is a call of the system. */
function* gathered(rendered: string | Iterable<string>): Generator<string, void> {
  let text = '';
  for (const piece of typeof rendered === 'string' ? [rendered] : rendered) {
    text += piece;
    if (text.length < PIECE_LENGTH) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** A reader sees the report before or the whole new one, never a part: also when the disk is full or two write at once. */
async function writeWhole(path: string, pieces: Iterable<string>): Promise<void> {
  const { ensureDir, remove } = await import('fs-extra/esm');
  const isSpecial = await stat(path).then(
    (entry) => !entry.isFile() && !entry.isDirectory(),
    () => false,
  );
  // A pipe or a device cannot be replaced, only written to.
  if (isSpecial) return writeFile(path, pieces);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await ensureDir(dirname(path));
    await writeFile(draft, pieces);
    await rename(draft, path);
  } catch (error) {
    await remove(draft);
    throw error;
  }
}

function widthOf(columns: number | undefined, env: Runtime['env']): number {
  const wished = Number(env['DBT_ENGINE_PRINTER_WIDTH'] ?? env['DBT_PRINTER_WIDTH'] ?? env['COLUMNS']);
  return columns ?? (Number.isInteger(wished) && wished > 0 ? wished : DEFAULT_WIDTH);
}

/** https://no-color.org and https://force-color.org, as most tools read them. */
function wantsColour(isTerminal: boolean, env: Runtime['env']): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}
