import type { TestRef } from './finding.ts';

/** dbt's generated names repeat test, model and column; a name that a person chose says more than any of them. */
export function testTitle({ name, testName, namespace, column }: TestRef): string {
  if (testName === null || !isGenerated(name, testName, namespace)) return name;
  return column === null ? testName : `${testName} ${column}`;
}

/** `not_null_orders_id`, `source_not_null_web_events_id`, `dbt_utils_recency_orders_…`. */
function isGenerated(name: string, testName: string, namespace: string | null): boolean {
  const tests =
    namespace === null ? [testName] : [testName, `${namespace}_${testName}`, `${namespace}_source_${testName}`];
  return [...tests, `source_${testName}`].some((start) => name.startsWith(`${start}_`));
}
