import { resolve } from 'node:path';
import { DEFAULT_STATE } from '../config/state.ts';
import { ProblemError, systemCodeOf } from '../errors.ts';
import type { Store } from './store.ts';

/** Where state is kept: `none`, a file of SQLite, or a PostgreSQL database. */
export type StateSetting =
  | { readonly kind: 'none' }
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** Reads `none`, `postgresql://…` or a path, relative to `folder`. @throws {ProblemError} for another URL. */
export function stateSetting(given: string, folder: string): StateSetting {
  if (given === 'none') return { kind: 'none' };
  const [, scheme] = /^([a-z][a-z0-9+.:-]*):\/\//i.exec(given) ?? [];
  if (scheme === undefined) return { kind: 'sqlite', path: resolve(folder, given) };
  if (!/^postgres(?:ql)?$/i.test(scheme))
    throw new ProblemError({
      code: 'usage',
      what: `--state does not know the database ${scheme}.`,
      next: 'It takes a file, a URL that begins with postgresql://, or none.',
    });
  const url = `${scheme.toLowerCase()}${given.slice(scheme.length)}`;
  if (!isWhole(url))
    throw new ProblemError({
      code: 'usage',
      what: 'The URL of the state cannot be read.',
      next: 'It is postgresql://USER:PASSWORD@HOST:PORT/DATABASE; write # / ? @ : and % in a password as %23 %2F %3F %40 %3A and %25.',
    });
  return { kind: 'postgres', url };
}

/** With a bare `#` or `/` in the password, what stands before it is taken for host and port, and would be told in errors. */
function isWhole(text: string): boolean {
  try {
    const { hash, pathname, password } = new URL(text);
    decodeURIComponent(password);
    return hash === '' && !pathname.includes('@');
  } catch {
    return false;
  }
}

/**
 * Where state is kept: as flag or variable say, relative to where they were given; else as the configuration says, else in
 * the project. Where only files were named there is no project, and so no state.
 */
export function placeOfState(
  given: string | null,
  { state }: { readonly state: { readonly place: string | null } },
  projectDir: string | null,
  cwd: string,
): StateSetting {
  if (given !== null) return stateSetting(given, cwd);
  if (projectDir === null) return { kind: 'none' };
  return stateSetting(state.place ?? DEFAULT_STATE, projectDir);
}

/** Opens the state, uses it, closes it. @throws {ProblemError} as {@link openStore} does. */
export async function withStore<T>(
  setting: StateSetting,
  keepDays: number,
  work: (store: Store | null) => Promise<T>,
): Promise<T> {
  const store = await openStore(setting, keepDays);
  try {
    return await telling(setting, () => work(store));
  } finally {
    await store?.close();
  }
}

/** @throws {ProblemError} when the state cannot be used, with what to do about it. Null for `none`. */
export async function openStore(setting: StateSetting, keepDays: number): Promise<Store | null> {
  if (setting.kind === 'none') return null;
  const { sqlStore } = await import('./sql-store.ts');
  if (setting.kind === 'postgres') {
    const { openPostgres } = await import('./postgres.ts');
    const db = await telling(setting, () => openPostgres(setting.url), refusedBy(setting.url));
    return telling(setting, () => sqlStore(db, { engine: 'postgres', keepDays }));
  }
  const { openSqlite } = await import('./sqlite.ts');
  return telling(setting, async () => sqlStore(await openSqlite(setting.path), { engine: 'sqlite', keepDays }));
}

/** Whether anything was ever kept there; nothing is made. @throws {ProblemError} as {@link openStore} does. */
export async function isBegun(setting: StateSetting): Promise<boolean> {
  switch (setting.kind) {
    case 'none':
      return false;
    case 'sqlite': {
      const { hasSqliteTables } = await import('./sqlite.ts');
      return telling(setting, () => hasSqliteTables(setting.path));
    }
    case 'postgres': {
      const { hasPostgresTables } = await import('./postgres.ts');
      return telling(setting, () => hasPostgresTables(setting.url), refusedBy(setting.url));
    }
  }
}

type Sentences = readonly [what: string, next: string];

/** Runs what uses the state, and turns what the database says into sentences. Defects of dq-report pass through. */
async function telling<T>(
  setting: StateSetting,
  work: () => Promise<T>,
  otherwise: (error: unknown, name: string) => Sentences | null = () => null,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const name = nameOf(setting);
    const [what, next] = sentencesOf(error, name) ?? otherwise(error, name) ?? [];
    if (what === undefined || next === undefined) throw error;
    throw new ProblemError({ code: 'state_unusable', what, next });
  }
}

/** TLS has more ways to fail than anybody can list. */
function refusedBy(url: string): (error: unknown, name: string) => Sentences | null {
  return (thrown, name) => {
    const error = faultOf(thrown);
    if (error === null) return null;
    const { password } = new URL(url);
    const said = firstLine(error);
    const safe =
      password === '' ? said : said.replaceAll(password, '***').replaceAll(decodeURIComponent(password), '***');
    return [`${name} cannot be used: ${safe}.`, `Check the URL, and \`sslmode\` in it. ${WITHOUT}`];
  };
}

/** For people; never the password. */
export function nameOf(setting: StateSetting): string {
  switch (setting.kind) {
    case 'none':
      return 'none';
    case 'sqlite':
      return setting.path;
    case 'postgres': {
      const url = URL.canParse(setting.url) ? new URL(setting.url) : null;
      return url === null ? 'PostgreSQL' : `PostgreSQL ${url.hostname}:${url.port || '5432'}${url.pathname}`;
    }
  }
}

const WITHOUT = 'Until then `--state none` reports without history.';

function sentencesOf(thrown: unknown, name: string): Sentences | null {
  const error = faultOf(thrown);
  if (error === null) return null;
  const code = sqliteCodeOf(thrown) ?? systemCodeOf(thrown);
  switch (code) {
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
    case '55P03':
      return [
        `The state in ${name} is in use by another process.`,
        'Wait for it, or see whether one hangs; nothing was changed.',
      ];
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return [
        `The state in ${name} is damaged or no SQLite file.`,
        `Restore it from a backup, or move it away: a new one begins without history. ${WITHOUT}`,
      ];
    case 'SQLITE_FULL':
    case 'ENOSPC':
      return [`There is no space left for the state in ${name}.`, `Make room on the disk. ${WITHOUT}`];
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'EEXIST':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ENOENT':
      return [
        `The state in ${name} cannot be written (${code}).`,
        `Give dq-report the right to write there, or another place with --state. ${WITHOUT}`,
      ];
    case '28P01':
    case '28000':
    case '3D000':
    case '42501':
      return [
        `${name} refused: ${firstLine(error)}.`,
        'Check user, password and database in the URL, and that the user may create a schema there.',
      ];
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'ETIMEDOUT':
    case 'ECONNRESET':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
      return [`${name} cannot be reached (${code}).`, `Check host, port and network. ${WITHOUT}`];
    default:
      return byName(error, name);
  }
}

interface Fault {
  readonly name: string;
  readonly message: string;
}

/** By its looks: errors of Node's own modules need not be of this realm's class. */
function faultOf(thrown: unknown): Fault | null {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) return null;
  return { name: 'name' in thrown ? String(thrown.name) : '', message: String(thrown.message) };
}

function byName(error: Fault, name: string): Sentences | null {
  if (error.name === 'OldPostgresError')
    return [`${name} is ${error.message}, which is too old.`, 'dq-report needs PostgreSQL 13 or newer.'];
  if (error.name === 'NewerStoreError')
    return [
      `The state in ${name} was written by a newer dq-report.`,
      'Update dq-report, or name another place with --state.',
    ];
  if (/timeout|terminated unexpectedly/i.test(error.message))
    return [`${name} does not answer (${firstLine(error)}).`, `Check host, port and network. ${WITHOUT}`];
  if (error.name === 'ZodError' || error.name === '$ZodError')
    return [
      `The state in ${name} holds something that dq-report did not write.`,
      `Restore it from a backup, or move it away. ${WITHOUT}`,
    ];
  return null;
}

/** SQLite's primary code by its number. Source: https://www.sqlite.org/rescode.html */
const sqliteCodes: ReadonlyMap<number, string> = new Map([
  [3, 'SQLITE_PERM'],
  [5, 'SQLITE_BUSY'],
  [6, 'SQLITE_LOCKED'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [26, 'SQLITE_NOTADB'],
]);

function sqliteCodeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error) || typeof error.errcode !== 'number')
    return null;
  return sqliteCodes.get(error.errcode % 256) ?? null;
}

function firstLine({ message }: Fault): string {
  return message.split('\n')[0] ?? '';
}
