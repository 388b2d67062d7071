import type { Category, Owner, Severity } from './finding.ts';

/** What a team decided about its findings, ready for use: `config/` builds it, defaults included. */
export interface Rules {
  /** First rule that matches and has an opinion wins. */
  readonly ranking: readonly RankingRule[];
  /** The owner of a path according to CODEOWNERS; null if there is none. */
  readonly codeOwner: (path: string) => Pick<Owner, 'name' | 'email' | 'slack'> | null;
  readonly defaultOwner: Pick<Owner, 'name' | 'email' | 'slack'> | null;
}

export interface RankingRule {
  readonly matches: (candidate: RuleCandidate) => boolean;
  readonly category: Category | null;
  readonly severity: Severity | null;
}

/** What a rule can look at. */
export interface RuleCandidate {
  readonly model: readonly string[];
  /** All the names a test goes by: `not_null`, `dbt_utils.recency`, the name somebody gave it. */
  readonly test: readonly string[];
  readonly path: string | null;
  readonly package: string | null;
  readonly tags: readonly string[];
}

export const noRules: Rules = { ranking: [], codeOwner: () => null, defaultOwner: null };
