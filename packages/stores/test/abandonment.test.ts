/** Claims whose answer was lost, and whose release fails as well. */

import { describe, expect, it } from 'vitest';
import { createAbandonment } from '../src/abandonment.ts';

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('releases that are tried again when the backend answers', () => {
  /** A release in two steps, the second of which the backend refuses. */
  const setUp = () => {
    let calls = 0;
    const abandonment = createAbandonment(async () => {
      calls++;
      await pause();
      abandonment.answered();
      await pause();
      throw new Error('disk full');
    });
    return { abandonment, calls: () => calls };
  };

  it('do not start one another without end', async () => {
    const { abandonment, calls } = setUp();
    await Promise.all(Array.from({ length: 30 }, (_, at) => abandonment.abandon('key', `token ${at}`)));
    expect(calls()).toBe(30);
    abandonment.answered();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(calls()).toBe(40);
  });

  it('end after five tries', async () => {
    const { abandonment, calls } = setUp();
    await abandonment.abandon('key', 'token');
    for (let step = 0; step < 10; step++) {
      abandonment.answered();
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(calls()).toBe(5);
  });
});
