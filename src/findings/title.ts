import { describeErrorClass } from './error-class.ts';
import type { Finding } from './finding.ts';
import { testTitle } from './test-title.ts';

/** One line that names the fault: "not_null client_id on stg_web_events". */
export function titleOf({ kind, subject, test, errorClass }: Finding): string {
  const why = errorClass === null || errorClass === 'unknown' ? '' : `: ${describeErrorClass(errorClass)}`;
  switch (kind) {
    case 'test_failed':
    case 'test_warned':
      return test === null || test.uniqueId === subject.uniqueId
        ? (test?.name ?? subject.name)
        : `${testTitle(test)} on ${subject.name}`;
    case 'unit_test_failed':
      return `Unit test ${test?.name ?? ''} of ${subject.name}`;
    case 'test_errored':
      return `The test ${test === null ? subject.name : testTitle(test)} on ${subject.name} could not run${why}`;
    case 'model_errored':
      return `${subject.name} could not be built${why}`;
    case 'seed_errored':
      return `The seed ${subject.name} could not be loaded${why}`;
    case 'snapshot_errored':
      return `The snapshot ${subject.name} could not be taken${why}`;
    case 'hook_errored':
      return `The hook ${subject.name} failed${why}`;
    case 'model_warned':
      return `${subject.name} was built with a warning`;
    case 'partial_success':
      return `${subject.name} was built in part${why}`;
    case 'source_stale':
      return `Source ${subject.name} is stale`;
    case 'source_unchecked':
      return `The freshness of source ${subject.name} is not known${why}`;
    case 'node_skipped':
      return `${test?.name ?? subject.name} was skipped`;
  }
}
