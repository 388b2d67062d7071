import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What dbt_project.yml says at its top level; nothing when it cannot be read: a broken one is dbt's to complain about.
 * Where nothing is `asked` for that stands in it, it is not parsed.
 */
export async function projectFile(projectDir: string, asked: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const text = await readFile(join(projectDir, 'dbt_project.yml'), 'utf8');
    if (!text.includes(asked)) return {};
    const file: unknown = (await import('yaml')).parse(text, { logLevel: 'error' });
    return typeof file === 'object' && file !== null ? { ...file } : {};
  } catch {
    return {};
  }
}

/** What the project calls itself; null when nobody can say. */
export async function projectName(projectDir: string): Promise<string | null> {
  const { name } = await projectFile(projectDir, 'name');
  return typeof name === 'string' ? name : null;
}
