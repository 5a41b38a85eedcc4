import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type ChildApp, startApp } from 'example-testing/child-app';
import { post, statusOf } from 'example-testing/post';
import { findRuntime } from 'example-testing/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519').privateKey;
// Discord shows the 32 bytes of the key, which are the last of its DER form (RFC 8410 section 4).
const shownKey = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');

const { program = '', note } = findRuntime('deno', '2.9.6');
const permissions = ['--allow-net', '--allow-env', '--allow-read'];
// The condition stands for the packages' sources in place of their builds.
const options = ['--conditions=countersign-source', '--node-modules-dir=manual', ...permissions];
const command = [program, 'run', ...options, 'server.ts'] as const;
const folder = new URL('..', import.meta.url);

describe.skipIf(program === '')(`the Deno example${note}`, () => {
  let app: ChildApp;
  beforeAll(async () => {
    app = await startApp({ command, folder, env: { DISCORD_PUBLIC_KEY: shownKey } });
  });
  afterAll(() => app?.stop());

  const signed = (content: object, key: KeyObject = privateKey, ageSeconds = 0) => {
    const body = JSON.stringify(content);
    const time = `${Math.floor(Date.now() / 1000) - ageSeconds}`;
    return post(`${app.url}/webhooks/discord`, body, {
      'x-signature-timestamp': time,
      'x-signature-ed25519': sign(null, Buffer.from(time + body), key).toString('hex'),
    });
  };
  const authorized = (id: string) => ({ id, type: 1, event: { type: 'APPLICATION_AUTHORIZED' } });

  it('runs the handler once for an event that comes twice', async () => {
    const first = authorized('1');
    const answers = [
      await statusOf(signed(first)),
      await statusOf(signed(first)),
      await statusOf(signed(authorized('2'))),
    ];
    // What Discord wants for an event.
    expect(answers).toEqual([204, 204, 204]);
    const lines = ['discord APPLICATION_AUTHORIZED 1', 'discord APPLICATION_AUTHORIZED 2'];
    expect(await app.printedUntil('discord APPLICATION_AUTHORIZED 2', 'discord')).toEqual(lines);
  });

  it('refuses what is forged or stale', async () => {
    expect(await statusOf(signed(authorized('forged'), stranger))).toBe(401);
    expect(await statusOf(signed(authorized('stale'), privateKey, 301))).toBe(401);
    expect(await statusOf(signed(authorized('3')))).toBe(204);
    const lines = await app.printedUntil('discord APPLICATION_AUTHORIZED 3', 'discord');
    expect(lines.filter((line) => / (forged|stale)$/.test(line))).toEqual([]);
  });

  it('answers the check of the address that Discord makes', async () => {
    expect(await (await signed({ type: 1 })).json()).toEqual({ type: 1 });
    expect(await statusOf(signed({ type: 1 }, stranger))).toBe(401);
  });

  it('still parses JSON on its other route', async () => {
    const answer = await post(`${app.url}/orders`, JSON.stringify({ item: 'tea' }));
    expect([answer.status, await answer.json()]).toEqual([200, { ordered: 'tea' }]);
  });

  it('does not start without its key', async () => {
    await expect(startApp({ command, folder, env: {} })).rejects.toThrow(/discord needs the sender's public key/);
  });
});
