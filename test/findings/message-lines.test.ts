import { describe, expect, test } from '@jest/globals';
import { headlineOf, messageLines } from '../../src/findings/message-lines.ts';
import { aFinding } from '../builders.ts';

const lines = (message: string) => messageLines(aFinding({ message }));
const headline = (message: string) => headlineOf(aFinding({ message }));

describe('a message', () => {
  test("loses dbt's first line and the path of the compiled file", () => {
    expect(lines('Database Error in model a (a.sql)\n  no\n  compiled code at target/a.sql')).toEqual(['no']);
  });

  test('keeps its first line where there is no other', () => {
    expect(lines('Database Error in model a (a.sql)')).toEqual(['Database Error in model a (a.sql)']);
  });

  test('of a contract is the table of what differs', () => {
    const table = ['| column | definition |', '| id     | missing    |'];
    const message = [
      'Compilation Error in model a (a.sql)',
      '  This model has an enforced contract that failed.',
      "  Please ensure the name, data_type, and number of columns in your contract match the columns in your model's definition.",
      ...table.map((row) => `  ${row}`),
      '  > in macro assert_columns (macros/x.sql)',
      '  > called by macro b (macros/y.sql)',
    ];
    expect(lines(message.join('\n'))).toEqual(table);
  });

  test('of Python begins with the error, which Python tells last', () => {
    expect(
      lines(
        "Runtime Error in model a (a.py)\n  Traceback (most recent call last):\n    File x\n  KeyError: 'client'",
      )[0],
    ).toBe("KeyError: 'client'");
  });
});

describe('a headline', () => {
  test.each([
    ['Binder Error: no column x\nmore', 'Binder Error: no column x'],
    [
      '003001 (42501): SQL access control error:\nInsufficient privileges',
      '003001 (42501): SQL access control error: Insufficient privileges',
    ],
    ['Code: 47.\nDB::Exception: Unknown identifier', 'Code: 47. DB::Exception: Unknown identifier'],
    ['one', 'one'],
    ['', ''],
  ])('of %j', (message, expected) => expect(headline(message)).toBe(expected));
});

test('terminal sequences are taken out in time linear in their number, finished or not', () => {
  expect(lines(`\u001b[31mred\u001b[0m \u001b]0;title\u0007window ${'\u001b]'.repeat(200_000)}end`)).toEqual([
    'red window',
  ]);
});
