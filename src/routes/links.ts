import * as z from 'zod';
import type { Incident } from '../incidents/incident.ts';

const PLACEHOLDER = '{unique_id}';

const link = z.strictObject({
  // What Slack puts on a button.
  title: z.string().min(1).max(75).describe('What the link is called.'),
  url: z
    .string()
    .refine((url) => /^https?:\/\//.test(url) && URL.canParse(url), { error: 'a link begins with https:// or http://' })
    .refine((url) => !/[{}]/.test(url.replaceAll(PLACEHOLDER, '')), {
      error: `a link takes no other placeholder than ${PLACEHOLDER}`,
    })
    .describe(
      `Where it leads; ${PLACEHOLDER} stands for the model or source: https://docs.example/#!/model/{unique_id}.`,
    ),
});

export const linksSchema = z.array(link).describe('Links in every message.');

export interface LinkTemplate {
  readonly title: string;
  readonly url: string;
}

/** The links of the configuration for one incident. Names come from artifacts, so they are encoded. */
export function linksFor(templates: readonly LinkTemplate[], { subjectId }: Incident): readonly LinkTemplate[] {
  return templates.map(({ title, url }) => ({
    title,
    url: url.replaceAll(PLACEHOLDER, () => encodeURIComponent(subjectId)),
  }));
}
