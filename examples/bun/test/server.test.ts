import { type ChildApp, startApp } from 'example-testing/child-app';
import { post, statusOf } from 'example-testing/post';
import { findRuntime } from 'example-testing/runtime';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const secret = `whsec_${Buffer.from('a secret of the example, 32 byte').toString('base64')}`;
const strangers = `whsec_${Buffer.from('what somebody else has made up..').toString('base64')}`;
const { program = '', note } = findRuntime('bun', '1.4.5');
// The condition stands for the packages' sources in place of their builds.
const command = [program, '--conditions=countersign-source', 'server.ts'] as const;
const folder = new URL('..', import.meta.url);

describe.skipIf(program === '')(`the Bun example${note}`, () => {
  let app: ChildApp;
  beforeAll(async () => {
    app = await startApp({ command, folder, env: { ACME_WEBHOOK_SECRET: secret } });
  });
  afterAll(() => app?.stop());

  const deliver = (id: string, { signedWith = secret, ageSeconds = 0 } = {}) => {
    const time = new Date(Date.now() - ageSeconds * 1000);
    const body = JSON.stringify({ type: 'user.created', timestamp: time.toISOString(), data: { id: 'user_1' } });
    return post(`${app.url}/webhooks/acme`, body, {
      'webhook-id': id,
      'webhook-timestamp': `${Math.floor(time.getTime() / 1000)}`,
      'webhook-signature': new Webhook(signedWith).sign(id, time, body),
    });
  };

  it('runs the handler once for an event that comes twice', async () => {
    const answers = [
      await statusOf(deliver('msg_1')),
      await statusOf(deliver('msg_1')),
      await statusOf(deliver('msg_2')),
    ];
    expect(answers).toEqual([200, 200, 200]);
    const lines = ['acme user.created msg_1', 'acme user.created msg_2'];
    expect(await app.printedUntil('acme user.created msg_2', 'acme')).toEqual(lines);
  });

  it('refuses what is forged or stale', async () => {
    expect(await statusOf(deliver('forged', { signedWith: strangers }))).toBe(401);
    expect(await statusOf(deliver('stale', { ageSeconds: 301 }))).toBe(401);
    expect(await statusOf(deliver('msg_3'))).toBe(200);
    const lines = await app.printedUntil('acme user.created msg_3', 'acme');
    expect(lines.filter((line) => / (forged|stale)$/.test(line))).toEqual([]);
  });

  it('still parses JSON on its other route', async () => {
    const answer = await post(`${app.url}/orders`, JSON.stringify({ item: 'tea' }));
    expect([answer.status, await answer.json()]).toEqual([200, { ordered: 'tea' }]);
  });

  it('does not start without its secret', async () => {
    await expect(startApp({ command, folder, env: {} })).rejects.toThrow(
      /acme needs the signing secret, but it is not set/,
    );
  });
});
