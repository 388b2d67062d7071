import type { Problem } from '../errors.ts';
import { secretForm } from '../receivers/secret-forms.ts';
import type { SecretReference } from '../receivers/settings.ts';
import type { ReadConfig } from './read-config.ts';
import { lookUpSecret, type SecretPlaces } from './secrets.ts';

/** Everything that the receivers of a configuration refer to and that is not there, or has a form that no such secret has. */
export async function wrongSecrets(config: ReadConfig, places: SecretPlaces): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { path, reference } of referencesIn(config.written, [])) {
    const found = await lookUpSecret(reference, places);
    const place = config.placeOf(path);
    if ('what' in found) {
      problems.push({ code: 'secret_missing', what: `${place}: ${found.what}.`, next: found.next });
      continue;
    }
    const [, , integration, key] = path;
    const form = secretForm(String(integration), String(key));
    if (form === null || form.isMet(found.text)) continue;
    const holder = reference.file === undefined ? `the variable ${reference.env ?? ''}` : `the file ${reference.file}`;
    problems.push({
      code: 'secret_invalid',
      what: `${place}: what ${holder} holds cannot be right: ${form.sentence}.`,
      next: 'Copy it once more, alone and whole, or name another variable or file.',
    });
  }
  return problems;
}

type Path = readonly (string | number)[];

/** Anywhere below `receivers`: a mapping of nothing but `env` or `file`. */
function referencesIn(value: unknown, path: Path): readonly { path: Path; reference: SecretReference }[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => referencesIn(each, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  if (path.length === 0) return 'receivers' in value ? referencesIn(value.receivers, ['receivers']) : [];
  const members = Object.entries(value);
  const [[key, text] = [], ...more] = members;
  if (more.length === 0 && typeof text === 'string' && (key === 'env' || key === 'file'))
    return [{ path, reference: { [key]: text } }];
  return members.flatMap(([name, each]) => referencesIn(each, [...path, name]));
}
