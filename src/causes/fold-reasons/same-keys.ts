import { CUT, type Evidence, type Sample } from '../../artifacts/evidence.ts';
import type { Finding } from '../../findings/finding.ts';
import type { FoldRule } from '../fold.ts';

/** The units that fail below are units that fail above. */
export const sameKeys: FoldRule = (findings, { manifest }) => {
  const withSamples = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.evidence === null || finding.evidence.samples.length === 0) continue;
    const known = withSamples.get(finding.subject.uniqueId);
    if (known === undefined) withSamples.set(finding.subject.uniqueId, [finding]);
    else known.push(finding);
  }
  return ({ evidence, subject }) => {
    if (evidence === null || evidence.samples.length === 0 || withSamples.size < 2) return null;
    for (const ancestor of manifest.ancestors(subject.uniqueId)) {
      const under = withSamples
        .get(ancestor)
        ?.find((above) => above.evidence !== null && failsForSameKeys(evidence, above.evidence));
      if (under !== undefined) return under;
    }
    return null;
  };
};

/**
 * Whether the units that fail below are units that fail above: each sample key below is also one above, and no more units
 * fail than above. A key of nothing but dates proves nothing, because much else happens on a day; neither does a key that
 * is NULL or was cut.
 */
function failsForSameKeys(below: Evidence, above: Evidence): boolean {
  return (
    below.samples.length > 0 &&
    below.failed <= above.failed &&
    below.samples.every((sample) => above.samples.some((other) => isSameKey(sample, other)))
  );
}

function isSameKey(a: Sample, b: Sample): boolean {
  const others = new Map(Object.entries(b).map(([column, value]) => [column.toLowerCase(), value]));
  const shared = Object.entries(a).flatMap(([column, value]) => {
    const other = others.get(column.toLowerCase());
    return other === undefined ? [] : [[value, other] as const];
  });
  return (
    shared.every(([value, other]) => value !== null && other !== null && String(value) === String(other)) &&
    shared.some(([value]) => identifies(String(value)))
  );
}

function identifies(text: string): boolean {
  return text.trim() !== '' && !text.endsWith(CUT) && !/^\d{4}-\d\d(?:-\d\d)?(?:[T ][\d:.+Z -]*)?$/.test(text);
}
