import { wrapAnsi } from 'fast-wrap-ansi';
import stringWidth from 'fast-string-width';
import { createColors } from 'picocolors';

/** Puts text into columns: wraps, indents, aligns. Text that comes from artifacts must be `plain` already. */
export interface Terminal {
  readonly width: number;
  readonly paint: ReturnType<typeof createColors>;
  /** Wraps into the width, every line indented; `label` stands before the first line, in the indentation. */
  paragraph(text: string, indent: number, label?: string): string;
}

/** Lines longer than this are hard to follow, however wide the window. */
const READABLE_WIDTH = 110;
const NARROWEST = 40;

export function terminal(width: number, colour: boolean): Terminal {
  const columns = Math.max(NARROWEST, Math.min(width, READABLE_WIDTH));
  return {
    width: columns,
    paint: createColors(colour),
    paragraph(text, indent, label = '') {
      // What is indented itself, such as code, stays so.
      const own = / */.exec(text)?.[0].length ?? 0;
      const margin = ' '.repeat(indent + own);
      const start = label === '' ? margin : label + ' '.repeat(Math.max(1, indent + own - stringWidth(label)));
      const lines = wrapAnsi(text.slice(own), Math.max(20, columns - indent - own), { hard: true }).split('\n');
      return lines.map((line, index) => (index === 0 ? start : margin) + line.trimEnd()).join('\n');
    },
  };
}
