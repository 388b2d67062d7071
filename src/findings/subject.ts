import type { Manifest, ManifestNode } from '../artifacts/manifest.ts';
import { partsOf } from '../artifacts/unique-id.ts';
import type { NodeRef, TestRef } from './finding.ts';

/** Describes a node as the manifest knows it, or as far as its id tells. */
export function nodeRef(manifest: Manifest, uniqueId: string): NodeRef {
  const node = manifest.node(uniqueId);
  if (node === undefined) return { uniqueId, ...partsOf(uniqueId), path: null, description: null };
  const { resourceType, package: packageName, description } = node;
  return {
    uniqueId,
    resourceType,
    name: selectableName(node),
    package: packageName,
    path: pathFrom(manifest, node),
    description,
  };
}

/** As dbt's selectors have it: `web.events` for a source, `orders.v2` for a version. */
function selectableName({ uniqueId, resourceType, name, sourceName }: ManifestNode): string {
  if (resourceType === 'source') return sourceName === null ? name : `${sourceName}.${name}`;
  const version = resourceType === 'model' ? /\.(v\d+)$/.exec(uniqueId)?.[1] : undefined;
  return version === undefined ? name : `${name}.${version}`;
}

/** dbt writes paths relative to their package. */
function pathFrom(manifest: Manifest, { package: packageName, path }: ManifestNode): string | null {
  const isForeign =
    path !== null && packageName !== null && manifest.project !== null && packageName !== manifest.project;
  return isForeign ? `dbt_packages/${packageName}/${path}` : path;
}

/** Describes a test; without a manifest only its name is known. */
export function testRef(manifest: Manifest, uniqueId: string): TestRef {
  const node = manifest.node(uniqueId);
  const { resourceType, name, path, description } = nodeRef(manifest, uniqueId);
  return {
    uniqueId,
    resourceType,
    name,
    testName: node?.test?.name ?? null,
    namespace: node?.test?.namespace ?? null,
    column: node?.test?.column ?? null,
    path,
    description,
  };
}

/**
 * The id of the node a test is about; its own id if nothing tells.
 *
 * dbt fills `attached_node` for tests of models, but dbt 1 leaves it null for tests of sources, and singular tests
 * never have one. Then the test's `model` argument or its file key name the node, then what it reads.
 */
export function subjectOfTest(manifest: Manifest, uniqueId: string): string {
  const node = manifest.node(uniqueId);
  if (node === undefined) return uniqueId;
  const parents = manifest.parents(uniqueId);
  return (
    attached(manifest, node) ??
    named(manifest, node, parents) ??
    testedByUnitTest(manifest, node, parents) ??
    lowest(manifest, node, parents) ??
    // A disabled model is not in the manifest, but its tests may be.
    (node.test?.attachedNode || uniqueId)
  );
}

function attached(manifest: Manifest, { test }: ManifestNode): string | null {
  return test?.attachedNode != null && manifest.has(test.attachedNode) ? test.attachedNode : null;
}

/** `get_where_subquery(source('web', 'events'))`, `ref('orders')`, `ref('other_package', 'orders')`. */
function named(manifest: Manifest, { test }: ManifestNode, parents: readonly string[]): string | null {
  if (test === null) return null;
  const [, macro, inside] = /\b(ref|source)\s*\(([^)]*)\)/.exec(test.modelArgument ?? '') ?? [];
  if (macro !== undefined && inside !== undefined) {
    const names = [...inside.matchAll(/['"]([^'"]+)['"]/g)].map(([, name]) => name);
    const isNamed = (parent: string): boolean =>
      macro === 'source'
        ? nodeRef(manifest, parent).name === names.join('.')
        : isCalled(manifest, parent, names.at(-1));
    const found = parents.filter(isNamed);
    if (found.length === 1 && found[0] !== undefined) return found[0];
  }
  // The key names the block of the YAML file: a model, or the source a table belongs to.
  const [kind, key] = test.fileKeyName?.split('.', 2) ?? [];
  const keyed = parents.filter((parent) =>
    kind === 'sources'
      ? manifest.node(parent)?.sourceName === key && parent.startsWith('source.')
      : isCalled(manifest, parent, key),
  );
  return keyed.length === 1 ? (keyed[0] ?? null) : null;
}

function isCalled(manifest: Manifest, uniqueId: string, name: string | undefined): boolean {
  return name !== undefined && manifest.node(uniqueId)?.name === name;
}

function testedByUnitTest(
  manifest: Manifest,
  { testedModel }: ManifestNode,
  parents: readonly string[],
): string | null {
  if (testedModel === null) return null;
  if (manifest.has(testedModel)) return testedModel;
  return parents.find((parent) => isCalled(manifest, parent, testedModel)) ?? null;
}

/**
 * Of several nodes read, the one below all others, as in dbt's rule of which children a failing test blocks. Of
 * independent ones a generic test's model comes last in `depends_on`, a singular test's `from` first.
 */
function lowest(manifest: Manifest, { test }: ManifestNode, parents: readonly string[]): string | null {
  const bottom = parents.find((candidate) => {
    const above = new Set(manifest.ancestors(candidate));
    return parents.every((other) => other === candidate || above.has(other));
  });
  return bottom ?? (test?.name === null ? parents[0] : parents.at(-1)) ?? null;
}
