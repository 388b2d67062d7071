import type { Exposure, Manifest } from './manifest.ts';

/** Everything the node is built from, nearest first, without itself. */
export function ancestorsOf(manifest: Manifest, uniqueId: string): readonly string[] {
  return reach(uniqueId, (id) => manifest.parents(id));
}

/** Everything that is built from the node, nearest first, tests and exposures included, without itself. */
export function descendantsOf(manifest: Manifest, uniqueId: string): readonly string[] {
  return reach(uniqueId, (id) => manifest.children(id));
}

export function exposuresBelow(manifest: Manifest, uniqueId: string): readonly Exposure[] {
  const below = new Set(descendantsOf(manifest, uniqueId));
  return manifest.exposures().filter((exposure) => below.has(exposure.uniqueId));
}

function reach(start: string, next: (uniqueId: string) => readonly string[]): readonly string[] {
  // A set keeps the order of insertion, so this is a breadth-first walk without a queue of its own.
  const seen = new Set([start]);
  for (const uniqueId of seen) for (const neighbour of next(uniqueId)) seen.add(neighbour);
  seen.delete(start);
  return [...seen];
}
