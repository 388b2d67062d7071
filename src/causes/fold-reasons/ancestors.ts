import type { Manifest } from '../../artifacts/manifest.ts';

/** Nearest first; nothing beyond a node that stops. Whoever finds what it looks for nearby walks no further. */
export function* ancestorsOf(
  start: string,
  manifest: Manifest,
  stops: (uniqueId: string) => boolean = () => false,
): Generator<string, void> {
  const seen = new Set<string>([start]);
  for (const node of seen) {
    if (node !== start) {
      yield node;
      if (stops(node)) continue;
    }
    for (const parent of manifest.parents(node)) seen.add(parent);
  }
}
