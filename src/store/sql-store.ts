import { createHash } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Run } from '../artifacts/run.ts';
import { type Scope, scopeOf } from '../deliveries/delivery.ts';
import type { Outbox } from '../deliveries/outbox.ts';
import type { Change, Incident } from '../incidents/incident.ts';
import { nodesObserved, timeOf } from '../incidents/observe.ts';
import { type History, REOPENS_WITHIN_DAYS } from '../incidents/track.ts';
import { type Engine, FIRST_MIGRATION, migrations } from './migrations.ts';
import { chunks } from './chunks.ts';
import { packNodes, packTimes, unpackNodes, unpackTimes } from './packed-nodes.ts';
import { incidentOf, reasonOf, stepOf } from './rows.ts';
import { memoryOf, toldOf } from './delivery-memory.ts';
import { enqueue, unsentIn } from './outbox-orders.ts';
import { forgetDeliveries, sqlOutbox } from './sql-outbox.ts';
import type { Abandoned, Applied, Ordering, Store, Story } from './store.ts';
import type { Tables } from './tables.ts';

/** Of so many runs it is remembered which nodes they knew, to tell a renamed test from one that was always there. */
const RUNS_ASKED = 5;
/** So long it is remembered which nodes a run has seen; they take more room than all else. */
const NODES_KEPT_DAYS = 30;
const DAY = 86_400_000;

const FORGOTTEN = new Uint8Array(0);

/** The tables are of a later version of dq-report than this one. */
class NewerStoreError extends Error {
  override readonly name = 'NewerStoreError';
}

export interface SqlStoreSettings {
  readonly engine: Engine;
  /** Days after which runs and ended incidents are forgotten. */
  readonly keepDays: number;
}

/** Brings the tables up to date and hands out the store. Closes the database when that fails. */
export async function sqlStore(db: Kysely<Tables>, settings: SqlStoreSettings): Promise<Store> {
  try {
    return new SqlStore(db, settings, await migrate(db, settings.engine));
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** Whether there were no tables before. */
async function migrate(db: Kysely<Tables>, engine: Engine): Promise<boolean> {
  const schema = engine === 'postgres' ? { migrationTableSchema: 'dq_report' } : {};
  const migrator = new Migrator({ db, provider: migrations(engine), ...schema });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error === undefined) return results.some(({ migrationName }) => migrationName === FIRST_MIGRATION);
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  if (/corrupted migrations/.test(message)) throw new NewerStoreError(message);
  throw error;
}

class SqlStore implements Store {
  readonly #db: Kysely<Tables>;
  readonly #settings: SqlStoreSettings;
  readonly isNew: boolean;
  readonly outbox: Outbox;

  constructor(db: Kysely<Tables>, settings: SqlStoreSettings, isNew: boolean) {
    this.#db = db;
    this.isNew = isNew;
    this.outbox = sqlOutbox(db, settings.engine);
    this.#settings = settings;
  }

  applyRun(
    run: Run,
    at: Date,
    decide: (history: History) => readonly Change[],
    order: Ordering | null = null,
  ): Promise<Applied> {
    return this.#db.transaction().execute((db) => this.#apply(db, run, at, decide, order));
  }

  async previewRun(
    run: Run,
    at: Date,
    decide: (history: History) => readonly Change[],
    order: Ordering | null = null,
  ): Promise<Applied> {
    const undone = new Error('undone');
    let applied: Applied | null = null;
    try {
      await this.#db.transaction().execute(async (db) => {
        applied = await this.#apply(db, run, at, decide, order);
        throw undone;
      });
    } catch (error) {
      if (error !== undone) throw error;
    }
    return applied ?? { isNew: false, changes: [], orders: [] };
  }

  async #apply(
    db: Transaction<Tables>,
    run: Run,
    at: Date,
    decide: (history: History) => readonly Change[],
    order: Ordering | null,
  ): Promise<Applied> {
    const scope = scopeOf(run);
    // SQLite has one writer at a time anyway.
    if (this.#settings.engine === 'postgres')
      await sql`select pg_advisory_xact_lock(hashtext(${`${scope.project}\n${scope.environment}`}))`.execute(db);
    const earlier = await runOf(db, run, scope);
    if (earlier !== null) return { isNew: false, changes: await changesOf(db, scope, earlier), orders: [] };

    const history = await historyOf(db, run, scope, at);
    const changes = decide(history);
    const unsent = order === null ? [] : await unsentIn(db, scope, this.#settings.engine);
    const planned =
      order === null
        ? { orders: [], withdrawn: [], renewed: [] }
        : order(
            changes,
            await memoryOf(
              db,
              changes.map(({ incident }) => incident.id),
            ),
          );
    const runId = await insertRun(db, run, scope, at);
    await writeChanges(db, changes, new Set(history.incidents), scope, runId);
    const ordering = { scope, runId, run: invocationsOf(run).join(' '), at };
    const orders = await enqueue(db, planned, unsent, ordering);
    await this.#forget(db, at);
    return { isNew: true, changes, orders };
  }

  async abandoned({ project, environment }: Scope, before: Date): Promise<readonly Abandoned[]> {
    const open = await this.#db
      .selectFrom('incidents')
      .select((row) => ['environment', row.fn.countAll<number | string>().as('open')])
      .where('project', '=', project)
      .where('environment', '<>', environment)
      .where('state', '=', 'open')
      .groupBy('environment')
      .orderBy('environment')
      .execute();
    const all: Abandoned[] = [];
    for (const each of open) {
      const newest = await this.#db
        .selectFrom('runs')
        .select((row) => row.fn.max('applied_at').as('at'))
        .where('project', '=', project)
        .where('environment', '=', each.environment)
        .executeTakeFirst();
      const lastRunAt = newest?.at ?? null;
      if (lastRunAt === null || lastRunAt < before.toISOString())
        all.push({ environment: each.environment, open: Number(each.open), lastRunAt });
    }
    return all;
  }

  async environments(): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom('runs')
      .select('environment')
      .union(this.#db.selectFrom('incidents').select('environment'))
      .execute();
    return rows.map(({ environment }) => environment).toSorted();
  }

  async incidents(): Promise<readonly Incident[]> {
    const query = this.#db.selectFrom('incidents').select('body').orderBy('opened_at', 'desc').orderBy('id');
    return (await query.execute()).map(({ body }) => incidentOf(body));
  }

  async story(id: string): Promise<Story | null> {
    if (!/^[0-9a-f]+$/.test(id)) return null;
    const found = await this.#db
      .selectFrom('incidents')
      .select('body')
      .where('id', 'like', `${id}%`)
      .limit(2)
      .execute();
    const [only, ...others] = found.map(({ body }) => incidentOf(body));
    if (only === undefined || others.length > 0) return null;
    const steps = await this.#db
      .selectFrom('changes')
      .leftJoin('runs', 'runs.id', 'changes.run_id')
      .select([
        'changes.reason',
        'changes.at',
        'changes.severity',
        'changes.failures',
        'changes.kind',
        'runs.invocation_ids',
      ])
      .where('changes.incident_id', '=', only.id)
      .orderBy('changes.id')
      .execute();
    return { incident: only, steps: steps.map(stepOf), ...(await toldOf(this.#db, only.id)) };
  }

  close(): Promise<void> {
    return this.#db.destroy();
  }

  async #forget(db: Transaction<Tables>, at: Date): Promise<void> {
    const before = new Date(at.getTime() - this.#settings.keepDays * DAY).toISOString();
    await db.deleteFrom('runs').where('applied_at', '<', before).execute();
    const nodesBefore = new Date(at.getTime() - NODES_KEPT_DAYS * DAY).toISOString();
    await db
      .updateTable('runs')
      .set({ ran: FORGOTTEN, known: FORGOTTEN })
      .where('applied_at', '<', nodesBefore)
      .where('ran', '<>', FORGOTTEN)
      .execute();
    await db.deleteFrom('incidents').where('state', '<>', 'open').where('ended_at', '<', before).execute();
    await forgetDeliveries(db, before);
  }
}

/** The run that has written down all of these invocations, or these very results where dbt gave no ids. */
async function runOf(db: Transaction<Tables>, run: Run, { project, environment }: Scope): Promise<number | null> {
  const ids = invocationsOf(run);
  const rows = await db
    .selectFrom('invocations')
    .select(['invocation_id', 'run_id'])
    .where('project', '=', project)
    .where('environment', '=', environment)
    .where('invocation_id', 'in', ids)
    .execute();
  if (rows.length < ids.length) return null;
  return Math.max(...rows.map(({ run_id: runId }) => runId));
}

/** What was written down at most once. Where dbt gave no id, the results themselves are the next best. */
function invocationsOf({ invocationIds, freshness, results, generatedAt }: Run): readonly string[] {
  const ids = new Set(invocationIds);
  if (freshness.checked) ids.add(freshness.invocationId ?? `freshness ${digest(freshness.results)}`);
  if (invocationIds.length === 0) ids.add(`results ${digest([generatedAt, results])}`);
  return [...ids];
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

async function historyOf(db: Transaction<Tables>, run: Run, scope: Scope, at: Date): Promise<History> {
  const inScope = db
    .selectFrom('incidents')
    .select('body')
    .where('project', '=', scope.project)
    .where('environment', '=', scope.environment);
  const recently = new Date(at.getTime() - REOPENS_WITHIN_DAYS * DAY).toISOString();
  const open = await inScope.where('state', '=', 'open').orderBy('opened_at').execute();
  const ended = await inScope
    .where('state', '<>', 'open')
    .where('ended_at', '>=', recently)
    .orderBy('ended_at')
    .execute();
  const runs = db.selectFrom('runs').where('project', '=', scope.project).where('environment', '=', scope.environment);
  const now = at.toISOString();
  const observed = nodesObserved(run, now);
  // A long run and a short one may overlap: the short one has looked at some nodes later, though it ended earlier.
  const earliest = [...observed.values()].reduce((a, b) => (b < a ? b : a), timeOf(run, now));
  const others = await runs.select(['ran', 'generated_at']).where('generated_at', '>', earliest).execute();
  const latest = await runs.select('known').orderBy('generated_at', 'desc').limit(RUNS_ASKED).execute();
  // A run whose nodes are forgotten may have seen any of them, and this one is older than a month.
  const ran = others.map((row) => (row.ran.length === 0 ? { at: () => Infinity } : unpackTimes(row.ran)));
  const known = latest.map((row) => unpackNodes(row.known));
  return {
    // Where a fault has come and gone several times, the last incident counts.
    incidents: [
      ...new Map(
        [...ended, ...open].map(({ body }) => incidentOf(body)).map((each) => [each.fingerprint, each]),
      ).values(),
    ],
    isLate: others.some((other) => other.generated_at > timeOf(run, now)),
    // Whole seconds are remembered; within one, the later call counts.
    isOutdated: (uniqueId, seenAt) => ran.some((nodes) => (nodes.at(uniqueId) ?? 0) > Date.parse(seenAt)),
    knew: (uniqueId) => known.some((nodes) => nodes.has(uniqueId)),
  };
}

async function insertRun(db: Transaction<Tables>, run: Run, scope: Scope, at: Date): Promise<number> {
  const ids = invocationsOf(run);
  const { id: runId } = await db
    .insertInto('runs')
    .values({
      ...scope,
      generated_at: timeOf(run, at.toISOString()),
      applied_at: at.toISOString(),
      invocation_ids: JSON.stringify(ids),
      ran: packTimes(nodesObserved(run, at.toISOString())),
      known: packNodes([...run.manifest.runnable(), ...run.results.map(({ uniqueId }) => uniqueId)]),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('invocations')
    .values(ids.map((invocationId) => ({ ...scope, invocation_id: invocationId, run_id: runId })))
    // Of several files, some may have been there in an earlier run.
    .onConflict((conflict) =>
      conflict.columns(['project', 'environment', 'invocation_id']).doUpdateSet({ run_id: runId }),
    )
    .execute();
  return runId;
}

async function writeChanges(
  db: Transaction<Tables>,
  changes: readonly Change[],
  before: ReadonlySet<Incident>,
  scope: Scope,
  runId: number,
): Promise<void> {
  // What is as it was need not be written again; what was not run may have moved to another name.
  const touched = changes.filter(({ incident }) => !before.has(incident));
  const incidents = touched.map(({ reason, incident }) => ({
    id: incident.id,
    ...scope,
    fingerprint: incident.fingerprint,
    state: incident.state,
    opened_at: incident.openedAt,
    ended_at: incident.endedAt,
    run_id: runId,
    reason,
    body: JSON.stringify(incident),
  }));
  for (const rows of chunks(incidents))
    await db
      .insertInto('incidents')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((row) => ({
          fingerprint: row.ref('excluded.fingerprint'),
          state: row.ref('excluded.state'),
          opened_at: row.ref('excluded.opened_at'),
          ended_at: row.ref('excluded.ended_at'),
          run_id: row.ref('excluded.run_id'),
          reason: row.ref('excluded.reason'),
          body: row.ref('excluded.body'),
        })),
      )
      .execute();
  const steps = touched
    .filter(({ reason }) => reason !== 'ongoing' && reason !== 'unobserved')
    .map(({ reason, incident: { id, severity, failures, kind }, at }) => ({
      incident_id: id,
      run_id: runId,
      reason,
      at,
      severity,
      failures,
      kind,
    }));
  for (const rows of chunks(steps)) await db.insertInto('changes').values(rows).execute();
}

/** What a run did, as far as no later run has touched it, and what was open besides. */
async function changesOf(
  db: Transaction<Tables>,
  { project, environment }: Scope,
  runId: number,
): Promise<readonly Change[]> {
  const rows = await db
    .selectFrom('incidents')
    .select(['body', 'reason', 'run_id'])
    .where('project', '=', project)
    .where('environment', '=', environment)
    .where((row) =>
      row.or([row('run_id', '=', runId), row.and([row('run_id', '<', runId), row('state', '=', 'open')])]),
    )
    .execute();
  return rows.map(({ body, reason, run_id: touchedBy }) => {
    const incident = incidentOf(body);
    return {
      reason: touchedBy === runId ? reasonOf(reason) : 'unobserved',
      incident,
      at: incident.lastObservedAt,
    };
  });
}
