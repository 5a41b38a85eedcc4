import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { sqliteSchema } from '@countersign/stores/d1';
import { build } from 'esbuild';
import { readUntil } from 'example-testing/child-app';
import { testDeliveries } from 'example-testing/deliveries';
import { post, statusOf } from 'example-testing/post';
import { fromAcme, type Signed, secrets } from 'example-testing/signed';
import { Miniflare, type MiniflareOptions } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = new URL('..', import.meta.url);
const migration = readFileSync(new URL('migrations/0001_countersign.sql', folder), 'utf8');
const { compatibility_date: compatibilityDate }: { compatibility_date: string } = JSON.parse(
  readFileSync(new URL('wrangler.jsonc', folder), 'utf8'),
);

/** What `wrangler pages functions build` makes of the folder: a Worker that calls the export for the method by the path of the file. */
const worker = `
  import { onRequestPost } from './functions/webhooks/acme.ts';
  export default {
    async fetch(request, env, context) {
      const route = request.method + ' ' + new URL(request.url).pathname;
      if (route !== 'POST /webhooks/acme') return new Response(null, { status: 404 });
      const { waitUntil, passThroughOnException } = context;
      return onRequestPost({
        request, env, params: {}, data: {}, functionPath: '/webhooks/acme',
        waitUntil: waitUntil.bind(context), passThroughOnException: passThroughOnException.bind(context),
        next: () => new Response(null, { status: 404 }),
      });
    },
  };
`;

describe('the example of Cloudflare Pages', () => {
  const workers: Miniflare[] = [];
  let script = '';
  let url = '';
  let output = '';

  const start = async (bindings: Record<string, string>) => {
    const options: MiniflareOptions = {
      modules: true,
      script,
      compatibilityDate,
      bindings,
      d1Databases: ['DB'],
      handleRuntimeStdio(...streams: Readable[]) {
        for (const stream of streams) {
          stream.setEncoding('utf8').on('data', (text: string) => {
            output += text;
          });
        }
      },
    };
    const started = new Miniflare(options);
    workers.push(started);
    const database = await started.getD1Database('DB');
    const statements = migration.split(';').filter((statement) => statement.trim() !== '');
    await database.batch(statements.map((statement) => database.prepare(statement)));
    return (await started.ready).origin;
  };
  const deliver = (to: string, { body, headers }: Signed) => post(`${to}/webhooks/acme`, body, headers);

  beforeAll(async () => {
    // The condition stands for the packages' sources in place of their builds.
    const { outputFiles } = await build({
      stdin: { contents: worker, resolveDir: fileURLToPath(folder), loader: 'js' },
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      conditions: ['countersign-source', 'workerd', 'worker', 'browser'],
    });
    script = outputFiles[0]?.text ?? '';
    const { ACME_WEBHOOK_SECRET } = secrets;
    url = await start({ ACME_WEBHOOK_SECRET });
  });
  afterAll(() => Promise.all(workers.map((one) => one.dispose())));

  testDeliveries(() => ({
    deliver: (delivery) => deliver(url, delivery),
    printedUntil: (last, word) => readUntil(() => output, last, word),
  }));

  it('runs the handler once for copies that come at the same time', async () => {
    const copy = fromAcme('msg_at_once');
    const answers = await Promise.all(Array.from({ length: 5 }, () => statusOf(deliver(url, copy))));
    // A copy that comes while the first is at work is told to come back.
    expect(answers.every((status) => status === 200 || status === 503)).toBe(true);
    expect(await statusOf(deliver(url, copy))).toBe(200);
    expect(output.split('acme user.created msg_at_once')).toHaveLength(2);
  });

  it('answers nothing but 500 without its secret, and logs why', async () => {
    const careless = await start({});
    expect(await statusOf(deliver(careless, fromAcme('msg_unread')))).toBe(500);
    await expect.poll(() => output).toMatch(/acme: .*secret_invalid/);
    expect(output).not.toContain('msg_unread');
  });

  it('has the table of the store as its migration', () => {
    expect(migration).toBe(sqliteSchema());
  });
});
