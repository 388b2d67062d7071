import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Rules } from '../findings/rules.ts';

/** Where GitHub and GitLab look, in their order. */
const places = ['.github/CODEOWNERS', '.gitlab/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** The CODEOWNERS of the git repository around the project, as a question about paths inside the project. */
export async function readCodeOwners(projectDir: string): Promise<Rules['codeOwner']> {
  const root = repositoryOf(projectDir);
  if (root === null) return () => null;
  for (const place of places) {
    const path = join(root, place);
    if (!existsSync(path)) continue;
    const inside = relative(root, resolve(projectDir)).replaceAll('\\', '/');
    const ownerOf = await parseCodeOwners(await readFile(path, 'utf8'));
    return (file) => ownerOf(inside === '' ? file : `${inside}/${file}`);
  }
  return () => null;
}

function repositoryOf(start: string): string | null {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/**
 * The last line that matches a path names its owners; a line without owners takes them away, or in a section of GitLab's
 * gives them back to the owners of the section.
 */
export async function parseCodeOwners(text: string): Promise<Rules['codeOwner']> {
  const { default: ignore } = await import('ignore');
  const lines: { readonly matches: (path: string) => boolean; readonly owners: readonly string[] }[] = [];
  let ofSection: readonly string[] = [];
  for (const line of text.split('\n').map((raw) => raw.replace(/(^|\s)#.*$/, '').trim())) {
    const heading = /^\^?\[[^\]]*\](?:\[\d+\])?/.exec(line)?.[0];
    if (heading !== undefined)
      ofSection = line
        .slice(heading.length)
        .split(/\s+/)
        .filter((word) => word !== '');
    if (line === '' || heading !== undefined) continue;
    const [written = '', ...owners] = line.split(/(?<!\\)\s+/);
    const pattern = written.replaceAll('\\ ', ' ');
    const matcher = ignore().add(pattern);
    // Unlike in a gitignore, `models/*` means the files right there, not those of folders below.
    const depth = pattern.endsWith('/*') ? pattern.replace(/^\//, '').split('/').length : null;
    lines.unshift({
      matches: (path) => matcher.ignores(path) && (depth === null || path.split('/').length === depth),
      owners: owners.length > 0 ? owners : ofSection,
    });
  }
  return (path) => {
    const line = ignore.isPathValid(path) ? lines.find(({ matches }) => matches(path)) : undefined;
    if (line === undefined || line.owners.length === 0) return null;
    const emails = line.owners.filter((owner) => /^[^@]+@[^@]+$/.test(owner));
    const names = line.owners.filter((owner) => !emails.includes(owner));
    return { name: names.join(', ') || null, email: emails.join(', ') || null, slack: null };
  };
}
