import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readUntil } from 'example-testing/child-app';
import { post, statusOf } from 'example-testing/post';
import { Miniflare, type MiniflareOptions } from 'miniflare';
import { Webhook } from 'svix';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const secret = `whsec_${Buffer.from('a secret of the example, 32 byte').toString('base64')}`;
const strangers = `whsec_${Buffer.from('what somebody else has made up..').toString('base64')}`;

interface Configuration {
  readonly compatibility_date: string;
  readonly main: string;
  readonly durable_objects: { readonly bindings: { readonly name: string; readonly class_name: string }[] };
  readonly migrations: { readonly new_sqlite_classes: string[] }[];
}

const fileOf = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const configuration: Configuration = JSON.parse(
  readFileSync(fileOf('wrangler.jsonc'), 'utf8').replace(/^ *\/\/.*$/gm, ''),
);
const sqliteClasses = configuration.migrations.flatMap((migration) => migration.new_sqlite_classes);
const durableObjects = Object.fromEntries(
  configuration.durable_objects.bindings.map(({ name, class_name: className }) => [
    name,
    { className, useSQLite: sqliteClasses.includes(className) },
  ]),
);

describe('the Workers example', () => {
  const workers: Miniflare[] = [];
  let script = '';
  let url = '';
  let output = '';

  /** The Worker in workerd, as wrangler.jsonc has it, on a free port. */
  const start = async (bindings: Record<string, string>) => {
    const options: MiniflareOptions = {
      modules: true,
      script,
      compatibilityDate: configuration.compatibility_date,
      bindings,
      durableObjects,
      handleRuntimeStdio(...streams: Readable[]) {
        for (const stream of streams) {
          stream.setEncoding('utf8').on('data', (text: string) => {
            output += text;
          });
        }
      },
    };
    const worker = new Miniflare(options);
    workers.push(worker);
    return (await worker.ready).origin;
  };

  beforeAll(async () => {
    // The condition stands for the packages' sources in place of their builds.
    const { outputFiles } = await build({
      entryPoints: [fileOf(configuration.main)],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      conditions: ['countersign-source', 'workerd', 'worker', 'browser'],
    });
    script = outputFiles[0]?.text ?? '';
    url = await start({ SVIX_WEBHOOK_SECRET: secret });
  });
  afterAll(() => Promise.all(workers.map((worker) => worker.dispose())));

  const deliver = (id: string, { to = url, signedWith = secret, ageSeconds = 0 } = {}) => {
    const time = new Date(Date.now() - ageSeconds * 1000);
    const body = JSON.stringify({ type: 'invoice.sent', data: { id: 'inv_1' } });
    return post(`${to}/webhooks/acme`, body, {
      'svix-id': id,
      'svix-timestamp': `${Math.floor(time.getTime() / 1000)}`,
      'svix-signature': new Webhook(signedWith).sign(id, time, body),
    });
  };
  const printedUntil = (id: string) => readUntil(() => output, `acme invoice.sent ${id}`, 'acme');

  it('runs the handler once for an event that comes many times', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => statusOf(deliver('msg_1'))));
    expect(answers).toContain(200);
    // A copy that comes while the first is at work is told to come back.
    expect(answers.every((status) => status === 200 || status === 503)).toBe(true);
    expect([await statusOf(deliver('msg_1')), await statusOf(deliver('msg_2'))]).toEqual([200, 200]);
    expect(await printedUntil('msg_2')).toEqual(['acme invoice.sent msg_1', 'acme invoice.sent msg_2']);
  });

  it('refuses what is forged or stale', async () => {
    expect(await statusOf(deliver('forged', { signedWith: strangers }))).toBe(401);
    expect(await statusOf(deliver('stale', { ageSeconds: 301 }))).toBe(401);
    expect(await statusOf(deliver('msg_3'))).toBe(200);
    expect((await printedUntil('msg_3')).filter((line) => / (forged|stale)$/.test(line))).toEqual([]);
  });

  it('still parses JSON on its other route', async () => {
    const answer = await post(`${url}/orders`, JSON.stringify({ item: 'tea' }));
    expect([answer.status, await answer.json()]).toEqual([200, { ordered: 'tea' }]);
  });

  it('answers nothing but 500 without its secret, and logs why', async () => {
    const to = await start({});
    expect(await statusOf(deliver('msg_4', { to }))).toBe(500);
    await expect.poll(() => output).toMatch(/acme needs the signing secret, but it is not set/);
    expect(output).not.toContain('msg_4');
  });
});
