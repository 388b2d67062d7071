import { CUT, type Sample } from '../../artifacts/evidence.ts';
import type { Finding } from '../../findings/finding.ts';
import type { FoldRule } from '../fold.ts';
import { ancestorsOf } from './ancestors.ts';

/** A finding with its sample keys: their columns in lower case. */
interface Sampled {
  readonly finding: Finding;
  readonly failed: number;
  readonly keys: readonly Key[];
}

type Key = ReadonlyMap<string, Sample[string]>;

/** The units that fail below are units that fail above. */
export const sameKeys: FoldRule = (findings, { manifest }) => {
  const sampled = new Map<Finding, Sampled>();
  // By what identifies, and by subject: what shares no such value has no key in common, and needs no walk.
  const byValue = new Map<string, Map<string, Sampled[]>>();
  for (const finding of findings) {
    const { samples = [], failed = 0 } = finding.evidence ?? {};
    if (samples.length === 0) continue;
    const keys = samples.map(
      (sample) => new Map(Object.entries(sample).map(([column, value]) => [column.toLowerCase(), value])),
    );
    const each = { finding, failed, keys };
    sampled.set(finding, each);
    const subject = finding.subject.uniqueId;
    for (const value of new Set(keys.flatMap(identifyingValues))) {
      const bySubject = byValue.get(value) ?? new Map<string, Sampled[]>();
      byValue.set(value, bySubject.set(subject, [...(bySubject.get(subject) ?? []), each]));
    }
  }
  return (finding) => {
    const below = sampled.get(finding);
    const [key] = below?.keys ?? [];
    if (below === undefined || key === undefined) return null;
    const alike = identifyingValues(key).flatMap((value) => byValue.get(value) ?? []);
    if (alike.every(({ size }) => size === 1)) return null;
    for (const ancestor of ancestorsOf(finding.subject.uniqueId, manifest)) {
      const candidates = alike.flatMap((bySubject) => bySubject.get(ancestor) ?? []);
      const above = candidates.find((each) => failsForSameKeys(below, each));
      if (above !== undefined) return above.finding;
    }
    return null;
  };
};

/**
 * Whether the units that fail below are units that fail above: each sample key below is also one above, and no more units
 * fail than above. A key of nothing but dates proves nothing, because much else happens on a day; neither does a key that
 * is NULL or was cut.
 */
function failsForSameKeys(below: Sampled, above: Sampled): boolean {
  return below.failed <= above.failed && below.keys.every((key) => above.keys.some((other) => isSameKey(key, other)));
}

function isSameKey(a: Key, b: Key): boolean {
  const shared = [...a].filter(([column]) => b.has(column));
  return (
    shared.every(([column, value]) => isSame(value, b.get(column))) &&
    shared.some(([, value]) => value !== null && identifies(String(value)))
  );
}

function isSame(value: Sample[string], other: Sample[string] | undefined): boolean {
  return value !== null && other != null && String(value) === String(other);
}

/** With their columns, as words. */
function identifyingValues(key: Key): readonly string[] {
  return [...key].flatMap(([column, value]) =>
    value !== null && identifies(String(value)) ? [JSON.stringify([column, String(value)])] : [],
  );
}

function identifies(text: string): boolean {
  return text.trim() !== '' && !text.endsWith(CUT) && !/^\d{4}-\d\d(?:-\d\d)?(?:[T ][\d:.+Z -]*)?$/.test(text);
}
