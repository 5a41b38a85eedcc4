/** docs/options.md has every option, by the names that the code refuses others for. */

import { readFileSync } from 'node:fs';
import { createReceiver, memoryStore } from '@countersign/core';
import { nodeHandler } from '@countersign/http/node';
import { clockify } from '@countersign/providers/clockify';
import { describe, expect, it } from 'vitest';

const page = readFileSync(new URL('../../../docs/options.md', import.meta.url), 'utf8');
const secrets = 'a_secret_of_the_tests_0123456789';

function hintOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as { hint: string }).hint;
  }
  throw new Error('nothing was refused');
}

describe('docs/options.md', () => {
  const receiver = createReceiver({ provider: clockify, secrets, onWarning: () => undefined });
  it.each([
    ['a receiver', () => createReceiver({ provider: clockify, secrets, misspelled: 1 } as never)],
    [
      'dedupe',
      () => createReceiver({ provider: clockify, secrets, dedupe: { store: memoryStore(), misspelled: 1 } } as never),
    ],
    ['an adapter', () => nodeHandler(receiver, () => undefined, { misspelled: 1 } as never)],
  ])('has each option of %s', (_, refused) => {
    const names = (/(?:There are:?|The only option is) ([^.]+)\./.exec(hintOf(refused))?.[1] ?? '').split(/, | and /);
    expect(names[0]).not.toBe('');
    expect(names.filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
  });
});
