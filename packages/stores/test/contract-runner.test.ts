/** Cases of the contract are chosen by words of their titles, so a changed title must not leave one out. */

import { readFileSync } from 'node:fs';
import { memoryStore } from '@countersign/core';
import { storeContract } from '@countersign/testing';
import { expect, it } from 'vitest';
import { aloneWords } from './contract-runner.ts';

function titlesOfContract(): readonly string[] {
  const titles: string[] = [];
  const record = Object.assign((name: string) => void titles.push(name), {
    skip: (name: string) => void titles.push(name),
  });
  const nothing = async () => undefined;
  storeContract({ describe: (_, body) => body(), it: record } as Parameters<typeof storeContract>[0], {
    make: () => ({ store: memoryStore() }),
    peek: nothing,
    outage: { cut: nothing, restore: nothing },
    loss: { lose: () => undefined, mend: () => undefined },
  });
  return titles;
}

const unmatched = (words: readonly string[]) => {
  const titles = titlesOfContract();
  return words.filter((word) => !titles.some((title) => title.includes(word)));
};

it('finds a case of the contract for each word that makes it run alone', () => {
  expect(unmatched(aloneWords)).toEqual([]);
  expect(unmatched(['concurrent callers', 'no such words'])).toEqual(['no such words']);
});

it('finds a case of the contract for each word by which the packed packages choose theirs', () => {
  const text = readFileSync(new URL('../../../.ci/consumer/stores.mjs', import.meta.url), 'utf8');
  const words = /\/(tells [^/]+)\/\.test\(name\)/.exec(text)?.[1]?.split('|') ?? [];
  expect(words.length).toBeGreaterThan(3);
  expect(unmatched(words)).toEqual([]);
});
