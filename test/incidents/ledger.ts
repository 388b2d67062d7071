import type { Run } from '../../src/artifacts/run.ts';
import { instantOf } from '../../src/artifacts/run.ts';
import type { Change, Incident } from '../../src/incidents/incident.ts';
import { nodesObserved } from '../../src/incidents/observe.ts';
import { track } from '../../src/incidents/track.ts';
import { reportOf } from '../builders.ts';

/** After all runs of the tests. */
const NOW = '2026-01-03T00:00:00.000Z';

/** Runs one after the other, with what each leaves for the next: a store in a few lines. */
export class Ledger {
  readonly incidents = new Map<string, Incident>();
  readonly #runs: { at: number; ran: ReadonlyMap<string, string>; all: ReadonlySet<string> }[] = [];
  readonly #applied = new Set<string>();

  /** What the run changed, without what it did not look at; nothing when it was applied before. */
  apply(run: Run): readonly Change[] {
    const id = run.invocationIds.join();
    if (this.#applied.has(id)) return [];
    const at = instantOf(run.generatedAt) ?? 0;
    const ran = nodesObserved(run, NOW);
    const all = new Set([...run.manifest.runnable(), ...run.results.map(({ uniqueId }) => uniqueId)]);
    const newer = this.#runs.filter((other) => other.at > at);
    const changes = track(
      {
        incidents: [...this.incidents.values()],
        isLate: newer.length > 0,
        isOutdated: (uniqueId, seenAt) => this.#runs.some((other) => (other.ran.get(uniqueId) ?? '') > seenAt),
        knew: (uniqueId) => this.#runs.some((other) => other.all.has(uniqueId)),
      },
      reportOf(run),
      NOW,
    );
    this.#applied.add(id);
    this.#runs.push({ at, ran, all });
    for (const { incident } of changes) this.incidents.set(incident.id, incident);
    return changes.filter(({ reason }) => reason !== 'unobserved');
  }

  open(): readonly Incident[] {
    return [...this.incidents.values()].filter(({ state }) => state === 'open');
  }
}

/** Reasons and titles of what a run changed: `opened not_null client_id on orders`. */
export function toldOf(changes: readonly Change[]): readonly string[] {
  return changes.map(({ reason, incident }) => `${reason} ${incident.title}`);
}
