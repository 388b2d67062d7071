/** Whether the node is one that dbt fills with rows. */
export function isTable(uniqueId: string): boolean {
  return /^(?:model|snapshot|seed)\./.test(uniqueId);
}

/** What a `unique_id` says by itself: `test.shop.not_null_orders_id.4f2a91`. */
export function partsOf(uniqueId: string): { resourceType: string; package: string | null; name: string } {
  const [resourceType = uniqueId, packageName = null, ...rest] = uniqueId.split('.');
  const isGenericTest = resourceType === 'test' && rest.length > 1 && /^[0-9a-f]{10}$/.test(rest.at(-1) ?? '');
  const name = (isGenericTest ? rest.slice(0, -1) : rest).join('.');
  return { resourceType, package: packageName, name: name === '' ? uniqueId : name };
}
