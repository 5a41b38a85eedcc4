import { createHmac } from 'node:crypto';
import { type ChildApp, node, startApp } from 'example-testing/child-app';
import { post, statusOf } from 'example-testing/post';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const env = {
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  PADDLE_WEBHOOK_SECRET: 'pdl_ntfset_a_secret_of_the_example_0123456789',
};
const command = [...node, 'server.ts'] as const;
const folder = new URL('..', import.meta.url);

interface Signing {
  readonly secret?: string;
  readonly ageSeconds?: number;
}

const hmac = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');
const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;

describe('the Fastify example', () => {
  let app: ChildApp;
  beforeAll(async () => {
    app = await startApp({ command, folder, env });
  });
  afterAll(() => app?.stop());

  const fromSlack = (id: string, { secret = env.SLACK_SIGNING_SECRET, ageSeconds = 0 }: Signing = {}) => {
    const body = JSON.stringify({ type: 'event_callback', event_id: id, event: { type: 'app_mention' } });
    const time = secondsAgo(ageSeconds);
    return post(`${app.url}/webhooks/slack`, body, {
      'x-slack-request-timestamp': `${time}`,
      'x-slack-signature': `v0=${hmac(secret, `v0:${time}:${body}`)}`,
    });
  };
  const fromPaddle = (id: string, { secret = env.PADDLE_WEBHOOK_SECRET, ageSeconds = 0 }: Signing = {}) => {
    const body = JSON.stringify({ event_id: id, event_type: 'transaction.completed', data: { id: 'txn_1' } });
    const time = secondsAgo(ageSeconds);
    return post(`${app.url}/webhooks/paddle`, body, {
      'paddle-signature': `ts=${time};h1=${hmac(secret, `${time}:${body}`)}`,
    });
  };

  it('runs the handler of the finished route once for an event that comes twice', async () => {
    const answers = [
      await statusOf(fromSlack('Ev1')),
      await statusOf(fromSlack('Ev1')),
      await statusOf(fromSlack('Ev2')),
    ];
    expect(answers).toEqual([200, 200, 200]);
    const lines = ['slack app_mention Ev1', 'slack app_mention Ev2'];
    expect(await app.printedUntil('slack app_mention Ev2', 'slack')).toEqual(lines);
  });

  it('lets the own route answer, once for an event that comes twice', async () => {
    const first = await fromPaddle('evt_1');
    expect([first.status, await first.json()]).toEqual([200, { received: 'evt_1' }]);
    expect([await statusOf(fromPaddle('evt_1')), await statusOf(fromPaddle('evt_2'))]).toEqual([200, 200]);
    const lines = ['paddle transaction.completed evt_1', 'paddle transaction.completed evt_2'];
    expect(await app.printedUntil('paddle transaction.completed evt_2', 'paddle')).toEqual(lines);
  });

  it('refuses what is forged or stale, in both forms', async () => {
    const forged = { secret: 'somebody_else_made_this_secret_up' };
    const stale = { ageSeconds: 301 };
    expect([await statusOf(fromSlack('forged', forged)), await statusOf(fromSlack('stale', stale))]).toEqual([
      401, 401,
    ]);
    expect([await statusOf(fromPaddle('forged', forged)), await statusOf(fromPaddle('stale', stale))]).toEqual([
      401, 401,
    ]);
    expect([await statusOf(fromSlack('Ev3')), await statusOf(fromPaddle('evt_3'))]).toEqual([200, 200]);
    const lines = [
      ...(await app.printedUntil('slack app_mention Ev3', 'slack')),
      ...(await app.printedUntil('paddle transaction.completed evt_3', 'paddle')),
    ];
    expect(lines.filter((line) => / (forged|stale)$/.test(line))).toEqual([]);
  });

  it('still parses JSON on its other route', async () => {
    const answer = await post(`${app.url}/orders`, JSON.stringify({ item: 'tea' }));
    expect([answer.status, await answer.json()]).toEqual([200, { ordered: 'tea' }]);
  });

  it('does not start without a secret', async () => {
    const { SLACK_SIGNING_SECRET } = env;
    await expect(startApp({ command, folder, env: { SLACK_SIGNING_SECRET } })).rejects.toThrow(
      /paddle needs the signing secret, but it is not set/,
    );
  });
});
