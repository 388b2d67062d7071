import { mkdirSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type Dialect,
  type Driver,
  type SqliteDatabase,
} from 'kysely';
import type { Tables } from './tables.ts';

/** How long a process waits for another one that is writing, in milliseconds. */
const PATIENCE = 10_000;
/** Milliseconds. */
const AGAIN_AFTER = 20;

/** Opens the file, which is made with its folder if there is none. A file in WAL mode survives a kill at any moment. */
export async function openSqlite(path: string): Promise<Kysely<Tables>> {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  // The default folder lies in the user's repository, and is nobody's to commit.
  const ignore = join(folder, '.gitignore');
  if (folder.endsWith('.dq-report') && !existsSync(ignore)) writeFileSync(ignore, '*\n');
  const sqlite = await sqliteOfNode();
  const file = new sqlite.DatabaseSync(path, { timeout: PATIENCE, enableForeignKeyConstraints: true });
  try {
    await switchToWal(file);
    file.exec('pragma synchronous = full');
  } catch (error) {
    file.close();
    throw error;
  }
  return new Kysely<Tables>({ dialect: new NodeSqliteDialect(file) });
}

/** Whether the file is there and has the tables; it is only read. */
export async function hasSqliteTables(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  const sqlite = await sqliteOfNode();
  const file = new sqlite.DatabaseSync(path, { timeout: PATIENCE, readOnly: true });
  try {
    return file.prepare(`select 1 from sqlite_master where name = 'incidents'`).get() !== undefined;
  } finally {
    file.close();
  }
}

/** SQLite itself does not wait here: of two processes that meet at a new file, one would be told that it is locked. */
async function switchToWal(file: DatabaseSync): Promise<void> {
  for (const end = performance.now() + PATIENCE; ;) {
    try {
      return file.exec('pragma journal_mode = wal');
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw error;
      await setTimeout(AGAIN_AFTER);
    }
  }
}

function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === 5;
}

/** Node before 24.15 calls its SQLite experimental, which means nothing to users of dq-report. */
async function sqliteOfNode() {
  const before = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  process.emitWarning = () => undefined;
  try {
    return await import('node:sqlite');
  } finally {
    if (before !== undefined) Object.defineProperty(process, 'emitWarning', before);
  }
}

/** Kysely's own dialect on Node's SQLite, with two changes that keep processes out of each other's way. */
class NodeSqliteDialect extends SqliteDialect implements Dialect {
  readonly #database: SqliteDatabase;

  constructor(file: DatabaseSync) {
    const database = adapted(file);
    super({ database });
    this.#database = database;
  }

  override createDriver(): Driver {
    return new ImmediateDriver({ database: this.#database });
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

class ImmediateDriver extends SqliteDriver {
  /** A transaction that becomes a writer half-way fails at once when another process writes; this one waits. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class TransactionalAdapter extends SqliteAdapter {
  /** So that all migrations run in one transaction, and two processes never migrate at once. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function adapted(file: DatabaseSync): SqliteDatabase {
  return {
    close: () => file.close(),
    prepare: (sql) => {
      const statement = file.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...parameters.map(bindable)),
        run: (parameters) => statement.run(...parameters.map(bindable)),
        iterate: (parameters) => statement.iterate(...parameters.map(bindable)),
      };
    },
  };
}

function bindable(value: unknown): null | number | bigint | string | Uint8Array {
  if (value === null || value instanceof Uint8Array) return value;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  // SQLite would take a Date for NULL without a word.
  throw new TypeError(`SQLite takes no ${value instanceof Date ? 'Date' : typeof value}.`);
}
