/** Seconds that sending may take in one run, unless the configuration says otherwise. */
export const DEFAULT_SECONDS = 60;
