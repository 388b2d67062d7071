import packageJson from '../package.json' with { type: 'json' };

/** The version of npm package and dbt package alike. */
export const version: string = packageJson.version;
