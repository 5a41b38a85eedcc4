/** What the tests of all engines share. */

import { type ContractRunner, type QueueContractOptions, queueContract } from '@countersign/testing';
import { describe, it } from 'vitest';
import { enqueue, type JobQueue, work } from '../src/index.ts';

export const titleOf = (engine: string, missing: string | undefined) =>
  missing === undefined ? `live: ${engine}` : `live: ${engine} (skipped: ${missing} is not installed)`;

export type EngineOptions = Omit<QueueContractOptions<JobQueue>, 'enqueue' | 'work'>;

/** Cases that take the engine away from all others, or kill it. */
const alone = /the engine/;

const runner: ContractRunner = {
  describe,
  it: Object.assign(
    (name: string, body: () => Promise<void>, timeoutMilliseconds?: number) =>
      it(name, { concurrent: !alone.test(name), ...(timeoutMilliseconds && { timeout: timeoutMilliseconds }) }, body),
    { skip: it.skip },
  ),
};

/** Declares the cases of the contract for one engine. */
export function testEngine(options: EngineOptions, by: ContractRunner = runner): void {
  queueContract(by, {
    ...options,
    enqueue: (queue) => enqueue(queue, { timeoutSeconds: 2 }) as never,
    work: (queue, receiver, handle, given) => work(queue, receiver, handle, given),
  });
}

let made = 0;
export const freshName = () => `q${process.pid}x${++made}`;
