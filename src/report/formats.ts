import type { Format } from './report.ts';

/** Each format is loaded when it is asked for: a terminal report needs no XML. */
export const formats = {
  text: async () => (await import('./text.ts')).formatText,
  json: async () => (await import('./json.ts')).formatJson,
  markdown: async () => (await import('./markdown.ts')).formatMarkdown,
  junit: async () => (await import('./junit.ts')).formatJunit,
} satisfies Record<string, () => Promise<Format>>;

export type FormatName = keyof typeof formats;
export const FORMAT_NAMES: readonly FormatName[] = ['text', 'json', 'markdown', 'junit'];
