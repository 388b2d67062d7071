/** Runs and ended incidents older than this are forgotten, unless the configuration says otherwise. */
export const DEFAULT_KEEP_DAYS = 400;

/** Where incidents are remembered, in the project, unless somebody says otherwise. */
export const DEFAULT_STATE = '.dq-report/state.sqlite';
