import { type Cause, type ExposureVerdict, VERDICTS } from '../causes/cause.ts';
import { samplePhrase } from '../findings/evidence-phrase.ts';
import { messageLines } from '../findings/message-lines.ts';
import { shortened } from '../findings/plain.ts';
import type { Change } from '../incidents/incident.ts';
import type { Notice, NoticeCause, PastChange } from '../receivers/receiver.ts';
import { meaningOf, raisedPhrase, symptomsOf } from '../report/wording.ts';
import { type LinkTemplate, linksFor } from './links.ts';

/** What stands around a change when it is told. */
export interface Surroundings {
  readonly project: string | null;
  readonly environment: string | null;
  /** By name of the exposure. */
  readonly verdicts: ReadonlyMap<string, ExposureVerdict>;
  readonly links: readonly LinkTemplate[];
}

/** Adapters put whole queries into their errors; the report has the rest. */
const LINES = 12;
const LINE_LENGTH = 600;
/** Of dashboards and of symptoms. */
const NAMES = 50;

/** What a change is about, as this run has found it. */
export interface Explained {
  /** Null where the incident has ended or its node was not run. */
  readonly cause: Cause | null;
  /** Title of the cause that explains it; null where it is one itself. */
  readonly explainedBy: string | null;
}

/** Everything a message can say of a change. */
export function noticeOf(
  { incident, reason, at }: Change,
  { cause, explainedBy }: Explained,
  history: readonly PastChange[],
  { project, environment, verdicts, links }: Surroundings,
): Notice {
  return {
    incident,
    reason,
    at,
    project,
    environment: incident.environment ?? environment,
    cause: cause === null ? null : noticeCause(cause, explainedBy, verdicts),
    history,
    links: linksFor(links, incident),
  };
}

function noticeCause(cause: Cause, explainedBy: string | null, verdicts: Surroundings['verdicts']): NoticeCause {
  const { finding, category, symptoms, upstreamSuspects, furtherSuspects, impact, nextCommand } = cause;
  const { subject, test, evidence, errorClass, owner } = finding;
  const exposures = impact.exposures.flatMap((name) => verdicts.get(name) ?? []);
  const ranked = VERDICTS.flatMap((verdict) => exposures.filter((each) => each.verdict === verdict));
  const [worst, others] = [ranked.slice(0, NAMES), ranked.slice(NAMES)];
  // Sample keys are data: they stand apart, for receivers that may have them.
  const withoutSamples = { ...finding, evidence: evidence === null ? null : { ...evidence, samples: [] } };
  return {
    message: messageLines(withoutSamples)
      .slice(0, LINES)
      .map((line) => shortened(line, LINE_LENGTH)),
    meaning: meaningOf(finding),
    category,
    raised: raisedPhrase(cause),
    errorClass,
    owner,
    path: test?.path ?? subject.path,
    models: impact.models,
    blockedModels: impact.blockedModels,
    exposures: worst.map(({ name, label, verdict, url }) => ({ name: label ?? name, verdict, url })),
    folded: symptomsOf(cause),
    symptoms: symptoms.slice(0, NAMES).map((symptom) => symptom.finding.test?.name ?? symptom.finding.subject.name),
    upstreamSuspects: upstreamSuspects.map(({ name }) => name),
    further: {
      exposures: others.length,
      doubtful: others.filter(({ verdict }) => verdict !== 'safe').length,
      symptoms: Math.max(0, symptoms.length - NAMES),
      suspects: furtherSuspects,
    },
    nextCommand,
    explainedBy,
    samples: (evidence?.samples ?? []).map(samplePhrase),
  };
}
