import { createHash } from 'node:crypto';
import type { Finding } from './finding.ts';

/**
 * The name under which a finding is recognised from run to run: 16 hexadecimal digits over environment, subject and
 * test. Independent of what it says, so a fault that grows stays the same fault.
 */
export function fingerprintOf({ uniqueId, subject }: Finding, environment: string | null): string {
  return fingerprintOfNode(uniqueId, subject.uniqueId, environment);
}

/** The same, of the node whose results tell. */
export function fingerprintOfNode(uniqueId: string, subjectId: string, environment: string | null): string {
  return createHash('sha256')
    .update(JSON.stringify([environment, subjectId, uniqueId]))
    .digest('hex')
    .slice(0, 16);
}
