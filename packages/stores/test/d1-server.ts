/** A D1 database in workerd that can be taken away, with its files in a folder of their own. */

import type { D1Binding, D1Statement } from '@countersign/stores/d1';
import { Miniflare } from 'miniflare';
import { whileHolding } from './held-objects.ts';
import { startMiniflare } from './miniflare-outage.ts';

export interface D1Server {
  /** The binding, for as long as there are servers. */
  readonly database: D1Binding;
  query(sql: string, ...values: (string | number | null)[]): Promise<Record<string, unknown>[]>;
  /** Batches sent so far, each as the number of its statements. */
  readonly batches: number[];
  cut(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** A statement whose binding is looked up when it runs, so that it outlives a restart. */
interface LateStatement extends D1Statement {
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
}

export function startD1(): D1Server {
  const batches: number[] = [];
  const server = startMiniflare(
    'd1',
    (folder) =>
      new Miniflare({
        modules: true,
        script: 'export default { fetch() { return new Response() } }',
        compatibilityDate: '2026-07-01',
        d1Databases: ['DB'],
        d1Persist: folder,
      }),
  );
  const binding = async () => server.current('D1_ERROR: Network connection lost.').getD1Database('DB');
  const prepare = (sql: string, values: LateStatement['values'] = []): LateStatement => ({
    sql,
    values,
    bind: (...given) => prepare(sql, given),
  });
  return {
    database: {
      prepare,
      async batch(statements) {
        batches.push(statements.length);
        const real = await binding();
        const bound = (statements as LateStatement[]).map(({ sql, values }) => real.prepare(sql).bind(...values));
        return whileHolding([real, ...bound], real.batch(bound));
      },
    },
    async query(sql, ...values) {
      const real = await binding();
      const bound = real.prepare(sql).bind(...values);
      const answer = await whileHolding<{ results: Record<string, unknown>[] }>([real, bound], bound.all());
      return answer.results;
    },
    batches,
    cut: server.cut,
    restore: server.restore,
    close: server.close,
  };
}
