/**
 * dq-report as it is, which kills itself at a boundary: `run-and-die.ts NOW STEP ARGUMENT …`. Boundaries lie before and after
 * everything that lasts: each commit, each write outside of a transaction, each request. Their names go to stdout, and what
 * dq-report says to stderr. With step 0 it lives.
 */
import { writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { runCli } from '../../src/cli.ts';
import { processRuntime } from '../../src/runtime.ts';

const [time = '', step = '0', ...args] = process.argv.slice(2);
let left = Number(step);

/** Written before anything can end the process. */
function boundary(name: string): void {
  writeSync(1, `${name}\n`);
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

async function between<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  boundary(`before ${name}`);
  try {
    return await act();
  } finally {
    boundary(`after ${name}`);
  }
}

const { fetch: ask } = globalThis;
globalThis.fetch = (input: string | URL | globalThis.Request, init?: RequestInit) =>
  between('a request', () => ask(input, init));

/** What of the statements of one connection lasts. */
class Connection {
  #isInTransaction = false;

  /** Its name; null for what is not there after a crash. */
  lasting(sql: string): string | null {
    if (/^begin|^start transaction/i.test(sql)) this.#isInTransaction = true;
    const isEnd = /^commit|^rollback$/i.test(sql);
    if (isEnd) this.#isInTransaction = false;
    if (/^commit/i.test(sql)) return 'a commit';
    return !isEnd && !this.#isInTransaction && /^(?:insert|update|delete|create)/i.test(sql) ? 'a write' : null;
  }
}

const connections = new WeakMap<object, Connection>();
function connectionOf(handle: object): Connection {
  const known = connections.get(handle) ?? new Connection();
  connections.set(handle, known);
  return known;
}

const { value: prepare } = Object.getOwnPropertyDescriptors(DatabaseSync.prototype).prepare;
const { value: query } = Object.getOwnPropertyDescriptors(Client.prototype).query;
if (prepare === undefined || query === undefined) throw new Error('The databases have other methods by now.');
DatabaseSync.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql);
  const name = connectionOf(this).lasting(sql);
  if (name === null) return statement;
  const lasting =
    <Given extends readonly unknown[], Result>(act: (...given: Given) => Result) =>
    (...given: Given): Result => {
      boundary(`before ${name}`);
      const result = act(...given);
      boundary(`after ${name}`);
      return result;
    };
  return Object.assign(statement, {
    run: lasting(statement.run.bind(statement)),
    all: lasting(statement.all.bind(statement)),
  });
};

Object.assign(Client.prototype, {
  query(this: Client, ...given: [unknown, ...unknown[]]): unknown {
    const [asked] = given;
    const sql =
      typeof asked === 'string'
        ? asked
        : typeof asked === 'object' && asked !== null && 'text' in asked
          ? String(asked.text)
          : '';
    const name = connectionOf(this).lasting(sql);
    const act = (): Promise<unknown> => Reflect.apply(query, this, given);
    return name === null ? act() : between(name, act);
  },
});

const say = { write: (text: string) => writeSync(2, text) };
process.exitCode = await runCli(args, '0.0.0', {
  ...processRuntime(),
  stdout: say,
  stderr: say,
  now: () => new Date(time),
});
