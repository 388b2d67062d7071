import { hasOwner, type Manifest, type Meta, type OwnerFields } from '../artifacts/manifest.ts';
import { isObject } from '../artifacts/fields.ts';
import type { Owner } from './finding.ts';
import { ownMeta } from './rank.ts';
import type { Rules } from './rules.ts';
import { nodeRef } from './subject.ts';

/**
 * Who should look, and why they: the nearest word wins, from the test itself outwards to the configuration's default.
 * Elementary's keys (`owner`, `channel`, `subscribers`) are read as well, so projects that have them need no change.
 */
export function ownerOf(subjectId: string, testId: string | null, manifest: Manifest, rules: Rules): Owner | null {
  const subject = manifest.node(subjectId);
  const test = testId === null ? undefined : manifest.node(testId);
  const { name, resourceType } = nodeRef(manifest, subjectId);

  const fromTest = test === undefined ? null : fromMeta(test.meta, `meta of the test ${test.name}`);
  if (fromTest !== null) return fromTest;

  const column = test?.test?.column ?? null;
  const fromColumn =
    column === null || subject === undefined
      ? null
      : fromMeta(subject.columnMeta(column), `meta of the column ${name}.${column}`);
  if (fromColumn !== null) return fromColumn;

  const fromSubject = subject === undefined ? null : fromMeta(subject.meta, `meta of the ${resourceType} ${name}`);
  if (fromSubject !== null) return fromSubject;

  const groupName = subject?.group ?? test?.group ?? null;
  const group = groupName === null ? undefined : manifest.group(groupName);
  if (group !== undefined && hasOwner(group.owner)) return { ...group.owner, reason: `group ${group.name}` };

  // One dashboard's owner is an answer; several would each think that another one looks.
  const dashboard = manifest.soleOwnerBelow(subjectId);
  if (dashboard !== undefined) return { ...dashboard.owner, reason: `exposure ${dashboard.name} downstream` };

  const node = subject ?? test;
  // The paths of an installed package are its own, not this repository's.
  const path = manifest.project === null || node?.package === manifest.project ? (node?.path ?? null) : null;
  const codeOwner = path === null ? null : rules.codeOwner(path);
  if (codeOwner !== null) return { ...codeOwner, reason: `CODEOWNERS for ${path}` };
  return rules.defaultOwner === null ? null : { ...rules.defaultOwner, reason: 'default owner of the configuration' };
}

/** `meta.dq_report.owner`, else `meta.owner`; a name, an address, a list of them, or dbt's owner object. */
export function fromMeta(meta: Meta, reason: string): Owner | null {
  const own = ownMeta(meta);
  const owner = readOwner(own['owner']) ?? readOwner(meta['owner']);
  const subscribers = readOwner(meta['subscribers']);
  const channel = own['slack'] ?? own['channel'] ?? meta['channel'];
  const person = owner ?? subscribers;
  const slack = typeof channel === 'string' && channel !== '' ? channel : (person?.slack ?? null);
  if (person === null && slack === null) return null;
  return { name: person?.name ?? null, email: person?.email ?? null, slack, reason };
}

function readOwner(value: unknown): OwnerFields | null {
  if (typeof value === 'string') return value.includes(',') ? readOwner(value.split(',')) : fromWord(value.trim());
  if (Array.isArray(value)) {
    const people = value.map(readOwner).filter((person) => person !== null);
    return ownerOrNull((key) =>
      people
        .map((person) => person[key])
        .filter((word) => word !== null)
        .join(', '),
    );
  }
  if (!isObject(value)) return null;
  return ownerOrNull((key) =>
    [value[key]]
      .flat()
      .filter((word) => typeof word === 'string')
      .join(', ')
      .trim(),
  );
}

function ownerOrNull(read: (key: keyof OwnerFields) => string): OwnerFields | null {
  const owner = { name: read('name') || null, email: read('email') || null, slack: read('slack') || null };
  return hasOwner(owner) ? owner : null;
}

function fromWord(word: string): OwnerFields | null {
  if (word === '') return null;
  if (/^[^@\s]+@[^@\s]+$/.test(word)) return { name: null, email: word, slack: null };
  return /^[#@]/.test(word) ? { name: null, email: null, slack: word } : { name: word, email: null, slack: null };
}
