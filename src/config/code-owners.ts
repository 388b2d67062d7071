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

/** The last line that matches a path names its owners; a line without owners takes them away. */
export async function parseCodeOwners(text: string): Promise<Rules['codeOwner']> {
  const { default: ignore } = await import('ignore');
  const lines = text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    // GitLab's section headings group rules; they own nothing by themselves.
    .filter((line) => line !== '' && !/^\^?\[/.test(line))
    .map((line) => {
      const [pattern = '', ...owners] = line.split(/(?<!\\)\s+/);
      return { matches: ignore().add(pattern.replaceAll('\\ ', ' ')), owners };
    })
    .toReversed();
  return (path) => {
    const line = lines.find(({ matches }) => ignore.isPathValid(path) && matches.ignores(path));
    if (line === undefined || line.owners.length === 0) return null;
    const emails = line.owners.filter((owner) => /^[^@]+@[^@]+$/.test(owner));
    const names = line.owners.filter((owner) => !emails.includes(owner));
    return { name: names.join(', ') || null, email: emails.join(', ') || null, slack: null };
  };
}
