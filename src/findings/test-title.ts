import type { TestRef } from './finding.ts';

/** dbt's generated names repeat test, model and column; a name that a person chose says more than any of them. */
export function testTitle({ name, testName, namespace, column }: TestRef): string {
  if (testName === null) return name;
  const generated = [
    testName,
    `source_${testName}`,
    ...(namespace === null ? [] : [`${namespace}_${testName}`, `${namespace}_source_${testName}`]),
  ];
  if (!generated.some((start) => name.startsWith(`${start}_`) || name === start)) return name;
  return column === null ? testName : `${testName} ${column}`;
}
