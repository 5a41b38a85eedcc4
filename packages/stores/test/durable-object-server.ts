/** Durable Objects in workerd that can be taken away, with their files in a folder of their own. */

import { fileURLToPath } from 'node:url';
import { type DedupeStore, defineStore, type StoredResponse } from '@countersign/core';
import type { ClaimsNamespace } from '@countersign/stores/durable-object';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { whileHolding } from './held-objects.ts';
import { startMiniflare } from './miniflare-outage.ts';

export interface DebugAnswer {
  readonly rows: Record<string, string | number | null>[];
  readonly alarmAt: number | null;
}

export interface DurableObjectServer {
  /** The store inside of the Worker, by one request for each step. */
  readonly store: Required<Pick<DedupeStore, 'raiseWatermark'>> & DedupeStore;
  /** Runs SQL in each object, past the store; `alarm` rings its alarm before. */
  query(sql: string, values?: readonly string[], alarm?: boolean): Promise<DebugAnswer[]>;
  /** The code of the Worker, as it was bundled. */
  readonly script: string;
  /** Answers the objects directly, as a binding of the Worker would. */
  fetchObject(name: string, body: string): Promise<{ ok: boolean; json(): Promise<unknown> }>;
  cut(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function startDurableObjects(): Promise<DurableObjectServer> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./durable-object-worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    conditions: ['countersign-source'],
  });
  const script = outputFiles[0]?.text ?? '';
  const server = startMiniflare(
    'durable-object',
    (folder) =>
      new Miniflare({
        modules: true,
        script,
        compatibilityDate: '2026-07-01',
        durableObjects: { CLAIMS: { className: 'ClaimsObject', useSQLite: true } },
        durableObjectsPersist: folder,
      }),
  );
  const current = () => server.current('The Worker is away.');
  const post = async (path: string, body: unknown) => {
    const response = await current().dispatchFetch(`https://worker.invalid${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };
  const step =
    (name: string) =>
    async (...values: unknown[]) =>
      ((await post('/store', { step: name, values })) as { result?: never }).result as never;
  return {
    store: defineStore({
      claim: async (key: string, leaseSeconds: number) => {
        const claim = (await step('claim')(key, leaseSeconds)) as { state: string; response?: object };
        return (claim.state === 'done' ? { state: 'done', response: claim.response } : claim) as never;
      },
      extend: step('extend'),
      complete: (key: string, token: string, retentionSeconds: number, answer?: StoredResponse) =>
        step('complete')(key, token, retentionSeconds, ...(answer === undefined ? [] : [answer])),
      release: step('release'),
      raiseWatermark: (key: string, position: number | undefined, retentionSeconds: number) =>
        step('raiseWatermark')(key, position, retentionSeconds),
    }),
    async query(sql, values, alarm) {
      return (await post('/debug', { sql, values, alarm })) as DebugAnswer[];
    },
    script,
    async fetchObject(name, body) {
      // Without the types of Workers, miniflare takes it for another kind of binding.
      const namespace = (await current().getDurableObjectNamespace('CLAIMS')) as unknown as ClaimsNamespace;
      const object = namespace.get(namespace.idFromName(name));
      return whileHolding([namespace, object], object.fetch('https://claims.invalid/', { method: 'POST', body }));
    },
    cut: server.cut,
    restore: server.restore,
    close: server.close,
  };
}
