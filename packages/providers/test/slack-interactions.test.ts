import { createHmac } from 'node:crypto';
import { createReceiver } from '@countersign/core';
import { signDelivery } from '@countersign/testing';
import { describe, expect, it } from 'vitest';
import { slack } from '../src/slack.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const receiver = createReceiver({ provider: slack, secrets: secret, onWarning: () => undefined });

/** What Slack's documentation describes: the base string is v0, the time and the raw body. */
function signed(body: string, type: string) {
  const at = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`;
  const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': at, 'content-type': type };
  return { body: Buffer.from(body), headers };
}
const form = 'application/x-www-form-urlencoded';
const json = 'application/json';

describe('a request of Slack', () => {
  it('that is an interaction has its JSON as payload, and its own type', async () => {
    const interaction = {
      type: 'block_actions',
      user: { id: 'U1' },
      actions: [{ action_id: 'approve', value: 'a=b&c' }],
    };
    const body = new URLSearchParams({ payload: JSON.stringify(interaction) }).toString();
    const event = await receiver.verify(signed(body, form));
    expect(event).toMatchObject({ type: 'block_actions', id: undefined, payload: interaction });
  });

  it('that is a slash command has its fields, and no type', async () => {
    const body = 'token=t&command=%2Fweather&text=payload%3D1&trigger_id=13345224609.738474920.8088930838d88f008e0';
    const event = await receiver.verify(signed(body, form));
    expect(event.type).toBeUndefined();
    expect(event.payload).toMatchObject({ command: '/weather', text: 'payload=1' });
  });

  it('of the Events API has the type of its inner event', async () => {
    const body = '{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","text":"hi"}}';
    expect(await receiver.verify(signed(body, json))).toMatchObject({ type: 'app_mention', id: 'Ev1' });
  });

  it('that reports a rate limit has the type of its body', async () => {
    const body = '{"type":"app_rate_limited","minute_rate_limited":1518467820,"api_app_id":"A1"}';
    expect(await receiver.verify(signed(body, json))).toMatchObject({ type: 'app_rate_limited' });
  });

  it('is refused if the field of an interaction is not JSON or comes twice', async () => {
    for (const body of ['payload=notjson', 'payload=%7B%7D&payload=%7B%7D']) {
      const outcome = await receiver.receive(signed(body, form), () => undefined);
      expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'payload_malformed' } });
    }
  });

  it('is made as JSON by signDelivery', async () => {
    const delivery = await signDelivery(slack, { secret, type: 'app_mention' });
    expect(delivery.headers['content-type']).toBe('application/json');
    expect((await receiver.verify(delivery)).type).toBe('app_mention');
  });
});
