import { createHash } from 'node:crypto';
import type { Finding } from './finding.ts';

/**
 * The name under which a finding is recognised from run to run: 16 hexadecimal digits over environment, subject and
 * test. Independent of what it says, so a fault that grows stays the same fault.
 */
export function fingerprintOf({ uniqueId, subject }: Finding, environment: string | null): string {
  return createHash('sha256')
    .update(JSON.stringify([environment, subject.uniqueId, uniqueId]))
    .digest('hex')
    .slice(0, 16);
}
