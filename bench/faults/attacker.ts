/** Floods a receiver with forged deliveries from a separate thread, so that measurements next to it do not wait for it. */

import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { isSuccess } from './judge.ts';
import { pause, postSigned } from './sender.ts';

export interface Flood {
  readonly perSecond: number;
  readonly accepted: number;
}

/** Sends this many forgeries per second, or as many as it can, until it is stopped. */
export async function startFlood(ports: readonly number[], perSecond: number): Promise<{ stop(): Promise<Flood> }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { ports, perSecond } });
  await once(worker, 'online');
  return {
    async stop() {
      worker.postMessage('stop');
      const [flood] = (await once(worker, 'message')) as [Flood];
      await worker.terminate();
      return flood;
    },
  };
}

async function flood({ ports, perSecond }: { ports: readonly number[]; perSecond: number }): Promise<Flood> {
  let isOver = false;
  parentPort?.once('message', () => {
    isOver = true;
  });
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  let forged = 0;
  let accepted = 0;
  const lane = async (port: number | undefined) => {
    while (!isOver) {
      if (forged >= elapsed() * perSecond) {
        await pause(1);
        continue;
      }
      const body = JSON.stringify({ id: `forged-${forged++}` });
      const signature = `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}`;
      if (isSuccess((await postSigned(port, body, signature)).status)) accepted++;
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => lane(ports[index % ports.length])));
  return { perSecond: forged / elapsed(), accepted };
}

if (parentPort !== null && workerData?.ports !== undefined) parentPort.postMessage(await flood(workerData));
