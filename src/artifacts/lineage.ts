import type { Exposure, Manifest } from './manifest.ts';

/** Everything the node is built from, nearest first, without itself. */
export function ancestorsOf(manifest: Manifest, uniqueId: string): readonly string[] {
  return manifest.ancestors(uniqueId);
}

/** Everything that is built from the node, nearest first, tests and exposures included, without itself. */
export function descendantsOf(manifest: Manifest, uniqueId: string): readonly string[] {
  return manifest.descendants(uniqueId);
}

export function exposuresBelow(manifest: Manifest, uniqueId: string): readonly Exposure[] {
  return manifest.exposuresBelow([uniqueId]);
}
