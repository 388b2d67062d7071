import picomatch from 'picomatch';
import type { RankingRule, Rules } from '../findings/rules.ts';
import type { ConfigFile } from './config.ts';

/** Makes the configuration's words ready for use; `codeOwner` answers from the repository's CODEOWNERS. */
export function toRules(config: ConfigFile, codeOwner: Rules['codeOwner']): Rules {
  const owner = config.owners?.default;
  return {
    ranking: (config.rules ?? []).map(toRule),
    codeOwner,
    defaultOwner:
      owner === undefined ? null : { name: owner.name ?? null, email: owner.email ?? null, slack: owner.slack ?? null },
  };
}

function toRule({ match, category, severity }: NonNullable<ConfigFile['rules']>[number]): RankingRule {
  const model = matcher(match.model);
  const test = matcher(match.test);
  const path = matcher(match.path);
  const packageName = matcher(match.package);
  const tag = matcher(match.tag);
  return {
    category: category ?? null,
    severity: severity ?? null,
    matches: (candidate) =>
      model(candidate.model) &&
      test(candidate.test) &&
      path([candidate.path]) &&
      packageName([candidate.package]) &&
      tag(candidate.tags),
  };
}

/** Whether any of the words matches; a key that is not given matches everything. */
function matcher(globs: readonly string[] | undefined): (words: readonly (string | null)[]) => boolean {
  if (globs === undefined) return () => true;
  const matches = picomatch([...globs], { dot: true });
  return (words) => words.some((word) => word !== null && matches(word));
}
