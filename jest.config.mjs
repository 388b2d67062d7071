/** Node itself strips the types, so no transformer is needed: `npm run test:unit` sets the flags. */
export default {
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Jest must not mistake the demo's or a fixture's folders for modules of its own.
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/demo/', '<rootDir>/.venv'],
  // Most of the time is spent in dbt, in a process of its own, so no core is kept free for Jest itself.
  maxWorkers: '100%',
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/scripts/jest-summary.mjs'],
};
