/** JSON for reading: what fits stands in one line. @param width in characters */
export function prettyJson(value: unknown, width: number, indent = ''): string {
  const flat = flatJson(value);
  if (indent.length + flat.length <= width || typeof value !== 'object' || value === null) return flat;
  const inner = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((each) => prettyJson(each, width, inner))
    : Object.entries(value).map(([key, each]) => {
        const name = `${JSON.stringify(key)}: `;
        return `${name}${prettyJson(each, width - name.length, inner)}`;
      });
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${lines.map((line) => `${inner}${line}`).join(',\n')}\n${indent}${close}`;
}

function flatJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flatJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${flatJson(each)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

const TEXT = 80;

/** The same value for a glance: long texts end in `…`, and of tags and details there is the first, and the rest is counted. */
export function shortenedJson(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return value.length > TEXT ? `${value.slice(0, TEXT - 1).trimEnd()}…` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const all = value.map((each) => shortenedJson(each));
    return key === 'tags' ? [...all.slice(0, 1), `… and ${all.length - 1} more`] : all;
  }
  const entries = Object.entries(value).map(([name, each]) => [name, shortenedJson(each, name)] as const);
  if (key !== 'custom_details') return Object.fromEntries(entries);
  return Object.fromEntries([...entries.slice(0, 1), ['…', `and ${entries.length - 1} more`]]);
}
