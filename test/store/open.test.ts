import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_STATE } from '../../src/config/state.ts';
import { ProblemError } from '../../src/errors.ts';
import { openStore, placeOfState, stateSetting, withStore } from '../../src/store/open.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dq-report-open-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function problemOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'It worked.',
    (error: unknown) => {
      if (!(error instanceof ProblemError)) throw error;
      return error.problems.map(({ what, next }) => `${what} ${next}`).join('\n');
    },
  );
}

/** Where it listens from now on. */
async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

describe('state that cannot be used is told with a sentence:', () => {
  test('a file that is no database', async () => {
    const path = join(folder, 'text.sqlite');
    await writeFile(path, 'dear diary, '.repeat(1000));
    expect(await problemOf(openStore({ kind: 'sqlite', path }, 400))).toBe(
      `The state in ${path} is damaged or no SQLite file. Restore it from a backup, or move it away: a new one begins without history. Until then \`--state none\` reports without history.`,
    );
  });

  test('a database that is damaged further in', async () => {
    const path = join(folder, 'damaged.sqlite');
    await (await openStore({ kind: 'sqlite', path }, 400))?.close();
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xff, 200));
    expect(await problemOf(openStore({ kind: 'sqlite', path }, 400))).toContain('is damaged or no SQLite file.');
  });

  test('a folder, and a path through a file', async () => {
    expect(await problemOf(openStore({ kind: 'sqlite', path: folder }, 400))).toContain(
      'cannot be written (SQLITE_CANTOPEN)',
    );
    const file = join(folder, 'file');
    await writeFile(file, '');
    const path = join(file, 'state.sqlite');
    expect(await problemOf(openStore({ kind: 'sqlite', path }, 400))).toMatch(
      /cannot be written \((?:EEXIST|ENOTDIR)\)/,
    );
  });

  (process.platform === 'linux' ? test : test.skip)('a file system that takes no files', async () => {
    const path = '/sys/kernel/dq-report/state.sqlite';
    expect(await problemOf(openStore({ kind: 'sqlite', path }, 400))).toContain(
      `The state in ${path} cannot be written`,
    );
  });

  test('a disk that is full', async () => {
    const path = join(folder, 'full.sqlite');
    await (await openStore({ kind: 'sqlite', path }, 400))?.close();
    const work = withStore({ kind: 'sqlite', path }, 400, () => {
      const file = new DatabaseSync(path);
      try {
        // The limit is what a full disk is to SQLite: no further page.
        file.exec('pragma max_page_count = 1; create table more as select zeroblob(100000) as bytes');
      } finally {
        file.close();
      }
      return Promise.resolve();
    });
    expect(await problemOf(work)).toContain('There is no space left for the state');
  });

  test('a state of a newer dq-report', async () => {
    const path = join(folder, 'newer.sqlite');
    await (await openStore({ kind: 'sqlite', path }, 400))?.close();
    const file = new DatabaseSync(path);
    file.exec("insert into kysely_migration values ('0099_later', '2030-01-01T00:00:00.000Z')");
    file.close();
    expect(await problemOf(openStore({ kind: 'sqlite', path }, 400))).toContain(
      'was written by a newer dq-report. Update dq-report',
    );
  });

  test('rows that somebody else wrote', async () => {
    const path = join(folder, 'foreign.sqlite');
    await (await openStore({ kind: 'sqlite', path }, 400))?.close();
    const file = new DatabaseSync(path);
    file.exec("insert into incidents values ('1', '', '', 'f', 'open', '2026', null, 1, 'opened', '{}')");
    file.close();
    const work = withStore({ kind: 'sqlite', path }, 400, async (store) => store?.incidents());
    expect(await problemOf(work)).toContain('holds something that dq-report did not write');
  });

  test('a PostgreSQL that is not there, without its password', async () => {
    const server = createServer();
    const port = await portOf(server);
    await new Promise((done) => server.close(done));
    const said = await problemOf(
      openStore({ kind: 'postgres', url: `postgresql://dq:hunter2@127.0.0.1:${port}/shop` }, 400),
    );
    expect(said).toBe(
      `PostgreSQL 127.0.0.1:${port}/shop cannot be reached (ECONNREFUSED). Check host, port and network. Until then \`--state none\` reports without history.`,
    );
  });

  test.each([
    ['mysql', 'mysql://root:hunter2@localhost/shop'],
    ['postgresql+psycopg2', 'postgresql+psycopg2://dq:hunter2@localhost/shop'],
    ['jdbc:postgresql', 'jdbc:postgresql://localhost/shop?password=hunter2'],
  ])('another kind of database, %s, which is no name of a file', (scheme, url) => {
    expect(() => stateSetting(url, '/')).toThrow(`--state does not know the database ${scheme}.`);
  });

  test.each([
    'postgresql://dq:hunter#2@localhost/shop',
    'postgresql://dq:hunter/2@localhost/shop',
    'postgresql://dq:12#hunter2@localhost/shop',
    'postgresql://dq:12/hunter2@localhost/shop',
    'postgresql://[::1/shop',
    'postgresql://dq:100%hunter2@localhost/shop',
  ])('a URL that nobody can read, without its password: %s', (url) => {
    expect(() => stateSetting(url, '/')).toThrow('The URL of the state cannot be read.');
  });

  test('a file that another process goes on writing', async () => {
    const path = join(folder, 'locked.sqlite');
    await (await openStore({ kind: 'sqlite', path }, 400))?.close();
    const other = new DatabaseSync(path);
    other.exec('begin immediate');
    const work = withStore({ kind: 'sqlite', path }, 400, async (store) =>
      store?.outbox.retry('abc', new Date(0), () => false),
    );
    // As long as dq-report waits for the other one.
    expect(await problemOf(work)).toBe(
      `The state in ${path} is in use by another process. Wait for it, or see whether one hangs; nothing was changed.`,
    );
    other.close();
  }, 60_000);

  test('a PostgreSQL that is too old', async () => {
    const message = (type: string, ...parts: readonly Buffer[]): Buffer => {
      const body = Buffer.concat(parts);
      const length = Buffer.alloc(4);
      length.writeInt32BE(body.length + 4);
      return Buffer.concat([Buffer.from(type), length, body]);
    };
    const ready = message('Z', Buffer.from('I'));
    // One column of text, "version", and one row.
    const columns = Buffer.concat([Buffer.from([0, 1]), Buffer.from('version\0'), Buffer.alloc(18)]);
    columns.writeInt32BE(23, columns.length - 12);
    const row = Buffer.concat([Buffer.from([0, 1, 0, 0, 0, 6]), Buffer.from('120022')]);
    const answer = [message('T', columns), message('D', row), message('C', Buffer.from('SELECT 1\0')), ready];
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]));
        socket.on('data', (data) => {
          if (data.toString('latin1', 0, 1) === 'Q') socket.write(Buffer.concat(answer));
        });
      });
    });
    const port = await portOf(server);
    const said = await problemOf(openStore({ kind: 'postgres', url: `postgresql://dq@127.0.0.1:${port}/shop` }, 400));
    server.close();
    expect(said).toBe(
      `PostgreSQL 127.0.0.1:${port}/shop is PostgreSQL 12, which is too old. dq-report needs PostgreSQL 13 or newer.`,
    );
  });

  test('a PostgreSQL that refuses for a reason that dq-report does not know, without its password', async () => {
    // What answers the question for TLS with neither yes nor no.
    const server = createServer((socket) => socket.once('data', () => socket.write('X')));
    const port = await portOf(server);
    const url = `postgresql://dq:hunter2@127.0.0.1:${port}/shop?sslmode=verify-full`;
    const said = await problemOf(openStore({ kind: 'postgres', url }, 400));
    server.close();
    expect(said).toMatch(/^PostgreSQL 127\.0\.0\.1:\d+\/shop cannot be used: .+ Check the URL, and `sslmode` in it\./);
    expect(said).not.toContain('hunter2');
  });
});

test('a new file that another process has begun to write is waited for', async () => {
  const path = join(folder, 'met.sqlite');
  const other = new DatabaseSync(path);
  other.exec('create table theirs (x); begin immediate');
  const opening = openStore({ kind: 'sqlite', path }, 400);
  setTimeout(() => other.exec('commit'), 50);
  expect(await opening.then((store) => store?.incidents())).toEqual([]);
  await (await opening)?.close();
  other.close();
});

test('a state from before there were deliveries is brought up to date, with all that is in it', async () => {
  const path = join(folder, 'older.sqlite');
  await (await openStore({ kind: 'sqlite', path }, 400))?.close();
  const file = new DatabaseSync(path);
  file.exec(`
    drop table told; drop table delivery_incidents; drop table deliveries;
    alter table changes drop column kind;
    delete from kysely_migration where name > '0001_incidents';
    insert into runs values (7, 'shop', '', '2026-01-01', '2026-01-01', '["run-7"]', x'', x'');
    insert into invocations values ('shop', '', 'run-7', 7);
  `);
  file.close();
  const store = await openStore({ kind: 'sqlite', path }, 400);
  expect(await store?.outbox.list({})).toEqual([]);
  await store?.close();
  const after = new DatabaseSync(path);
  expect(after.prepare('select run_id from invocations').all()).toMatchObject([{ run_id: 7 }]);
  after.close();
});

describe('state is kept', () => {
  const config = { state: { place: null } };
  test.each([
    ['in the project', null, config, '/shop', { kind: 'sqlite', path: `/shop/${DEFAULT_STATE}` }],
    [
      'where the configuration says',
      null,
      { state: { place: 'x.sqlite' } },
      '/shop',
      { kind: 'sqlite', path: '/shop/x.sqlite' },
    ],
    [
      'where the flag says, from here',
      'x.sqlite',
      { state: { place: 'none' } },
      '/shop',
      { kind: 'sqlite', path: '/here/x.sqlite' },
    ],
    ['nowhere on request', 'none', config, '/shop', { kind: 'none' }],
    ['nowhere without a project', null, config, null, { kind: 'none' }],
    ['in PostgreSQL', 'postgres://h/d', config, null, { kind: 'postgres', url: 'postgres://h/d' }],
    ['in PostgreSQL', 'PostgreSQL://h/d', config, null, { kind: 'postgres', url: 'postgresql://h/d' }],
  ])('%s', (_, given, { state }, project, expected) => {
    expect(placeOfState(given, { state }, project, '/here')).toEqual(expected);
  });
});
