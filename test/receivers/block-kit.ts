import * as z from 'zod';

/**
 * Limits of Slack's messages, which the emulator does not know.
 * https://docs.slack.dev/reference/block-kit/blocks and …/composition-objects/text-object; the total is our own, because
 * `msg_blocks_too_long` comes near 11,000 characters and is not documented.
 */
const MAX_BLOCKS = 8;
const MAX_CHARACTERS = 8000;
const MAX_JSON = 11_000;
const MAX_TEXT = 4000;

const plainText = (length: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(length), emoji: z.literal(false) });
const mrkdwn = (length: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(length), verbatim: z.literal(true) });

const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plainText(150) }),
  z.strictObject({ type: z.literal('section'), text: z.union([plainText(3000), mrkdwn(3000)]) }),
  z.strictObject({ type: z.literal('context'), elements: z.array(plainText(3000)).min(1).max(10) }),
]);
export type Block = z.infer<typeof block>;

export const slackPayload = z.object({
  text: z.string().min(1).max(MAX_TEXT),
  blocks: z.array(block).max(MAX_BLOCKS).default([]),
});
export type SlackPayload = z.infer<typeof slackPayload>;

/** What is wrong with a message; `allowed` are the only controls that may stand in it: mentions and links of the configuration. */
export function problemsOfMessage(message: unknown, allowed: readonly string[]): readonly string[] {
  const parsed = slackPayload.safeParse(message);
  if (!parsed.success) return [z.prettifyError(parsed.error)];
  const { text, blocks } = parsed.data;
  const pieces = blocks.flatMap(textsOf);
  const characters = pieces.reduce((sum, piece) => sum + piece.text.length, text.length);
  const json = JSON.stringify(blocks).length;
  return [
    ...(characters > MAX_CHARACTERS ? [`${characters} characters in all`] : []),
    ...(json > MAX_JSON ? [`${json} characters of JSON`] : []),
    ...(/\p{Cs}/u.test(text + pieces.map((piece) => piece.text).join('')) ? ['half a character'] : []),
    ...[text, ...pieces.filter(({ type }) => type === 'mrkdwn').map((piece) => piece.text)].flatMap((markup) =>
      controlsIn(markup).filter((control) => !allowed.includes(control)),
    ),
  ];
}

/** Whatever Slack would take for markup of its own. */
function controlsIn(markup: string): readonly string[] {
  const controls = markup.match(/<[^>]*>?/g) ?? [];
  const rest = controls.reduce((text, control) => text.replace(control, ''), markup);
  return [...controls, ...(rest.match(/>|&(?!amp;|lt;|gt;)/g) ?? [])];
}

function textsOf(each: Block): readonly { readonly type: string; readonly text: string }[] {
  return each.type === 'context' ? each.elements : [each.text];
}

/** What a person sees of a message, a paragraph for each block. */
export function readAloud({ text, blocks }: SlackPayload): string {
  if (blocks.length === 0) return unescaped(text);
  return blocks
    .map((each) =>
      textsOf(each)
        .map((piece) => (piece.type === 'mrkdwn' ? unescaped(piece.text) : piece.text))
        .join('  '),
    )
    .join('\n\n');
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
