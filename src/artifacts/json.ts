import { readFile } from 'node:fs/promises';
import { ProblemError, systemCodeOf } from '../errors.ts';

/** An artifact as it lies on disk, decoded but not yet understood. */
export interface JsonFile {
  readonly path: string;
  readonly value: unknown;
}

/**
 * Reads one JSON artifact.
 *
 * Python writes `NaN` and `Infinity`, which JSON does not know: outside strings they are read as null.
 * @throws {ProblemError} when the file is missing, a directory, empty, cut off, or not JSON at all.
 */
export async function readJsonFile(path: string): Promise<JsonFile> {
  const bytes = await readBytes(path);
  return { path, value: parseJson(decode(bytes, path), path) };
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new ProblemError({ code: 'artifact_unreadable', ...whyUnreadable(path, systemCodeOf(error)) });
  }
}

function whyUnreadable(path: string, code: string): { what: string; next: string } {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { what: `There is no file ${path}.`, next: 'Check the path, or run dbt first.' };
    case 'EISDIR':
      return {
        what: `${path} is a directory, not a file.`,
        next: 'Name the JSON file inside it, or give the directory to --target-path.',
      };
    case 'EACCES':
    case 'EPERM':
      return { what: `${path} may not be read by this user.`, next: 'Give this user the right to read it.' };
    case 'ERR_FS_FILE_TOO_LARGE':
      return { what: `${path} is larger than 2 GiB.`, next: 'Report on a smaller selection of the project.' };
    default:
      return { what: `${path} could not be read (${code}).`, next: 'Check the file and the disk it lies on.' };
  }
}

function decode(bytes: Buffer, path: string): string {
  // Windows PowerShell's `>` re-encodes what passes through it as UTF-16.
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new ProblemError({
      code: 'artifact_invalid',
      what: `${path} is encoded as UTF-16; dbt writes UTF-8.`,
      next: 'Copy the file without passing it through a shell redirection.',
    });
  }
  try {
    const text = bytes.toString('utf8');
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  } catch {
    // V8 cannot hold a string of more than about 512 MB.
    throw new ProblemError({
      code: 'artifact_invalid',
      what: `${path} is too large to be read (${Math.round(bytes.length / 1e6)} MB; the limit is 536 MB).`,
      next: 'Report on a smaller selection of the project.',
    });
  }
}

/** Parses the text of an artifact; `path` is only for messages. Throws as {@link readJsonFile} does. */
export function parseJson(text: string, path: string): unknown {
  // After a crash some file systems fill what was never written with zeros.
  if (!/[^\s\0]/.test(text)) {
    throw new ProblemError({
      code: 'artifact_invalid',
      what: `${path} is empty.`,
      next: 'dbt was probably stopped while it wrote the file, or the disk was full. Run dbt again.',
    });
  }
  try {
    return JSON.parse(text);
  } catch {
    const mended = nullNonFiniteNumbers(text);
    if (mended !== text) return parseJson(mended, path);
    throw new ProblemError({ code: 'artifact_invalid', ...whyNotJson(text, path) });
  }
}

function whyNotJson(text: string, path: string): { what: string; next: string } {
  if (text.trimStart().startsWith('<')) {
    return {
      what: `${path} is an HTML or XML page, not JSON.`,
      next: 'A login or error page was probably saved in place of the artifact. Download it again.',
    };
  }
  return looksCutOff(text) ? cutOff(path) : notJson(path);
}

/** What is wrong, in words for people. */
export function cutOff(path: string): { what: string; next: string } {
  return {
    what: `${path} ends in the middle.`,
    next: 'dbt was probably stopped while it wrote the file. Run dbt again.',
  };
}

export function notJson(path: string): { what: string; next: string } {
  return {
    what: `${path} is not JSON.`,
    next: 'Name a file that dbt wrote. If dbt did write this one, two commands may have written it at once: run dbt again.',
  };
}

/** Whether the text stops with a bracket still open: a file that was not written to its end. */
function looksCutOff(text: string): boolean {
  let depth = 0;
  for (const piece of piecesOutsideStrings(text)) {
    for (const character of piece.text) {
      if (character === '{' || character === '[') depth += 1;
      else if (character === '}' || character === ']') depth -= 1;
    }
    // The document has ended, or never began: whatever follows is something else.
    if (depth <= 0) return false;
  }
  return true;
}

export function nullNonFiniteNumbers(text: string): string {
  if (!text.includes('NaN') && !text.includes('Infinity')) return text;
  let mended = '';
  let copied = 0;
  for (const { start, text: piece } of piecesOutsideStrings(text)) {
    mended += text.slice(copied, start) + piece.replaceAll(/-?\b(?:NaN|Infinity)\b/g, 'null');
    copied = start + piece.length;
  }
  return mended + text.slice(copied);
}

/** The stretches between strings. */
function* piecesOutsideStrings(text: string): Generator<{ start: number; text: string }> {
  for (let start = 0; start < text.length;) {
    const quote = text.indexOf('"', start);
    const end = quote === -1 ? text.length : quote;
    yield { start, text: text.slice(start, end) };
    start = endOfString(text, end);
  }
}

/** The position after the string; the end of the text if it never ends. */
function endOfString(text: string, openingQuote: number): number {
  let quote = text.indexOf('"', openingQuote + 1);
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length : quote + 1;
}

function isEscaped(text: string, position: number): boolean {
  let backslashes = 0;
  while (text[position - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}
