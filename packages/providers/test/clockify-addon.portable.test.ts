import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createReceiver } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { clockifyAddon, clockifyAddonFor } from '../src/clockify-addon.ts';

const clockifys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const somebodys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys = clockifys.publicKey.export({ type: 'spki', format: 'pem' }) as string;
const claims = { iss: 'clockify', sub: 'our-add-on', type: 'addon', workspaceId: 'w_1', addonId: 'a_1' };
const body = new TextEncoder().encode('{"id":"65f1a0"}');
const at = 1_795_251_600;

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A token by Node, not by the code under test. */
function tokenOf(payload: object, { privateKey } = clockifys, header: object = { alg: 'RS256', typ: 'JWT' }): string {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}

/** Verifies a token, stored as it is unless said otherwise. */
function verify(token: string, { provider = clockifyAddon, stored = token, header = token } = {}) {
  const receiver = createReceiver({ provider, keys, secrets: stored, clock: () => new Date(at * 1000) });
  return receiver.verify({ headers: { 'Clockify-Signature': header }, body });
}

describe('a webhook of a Clockify add-on', () => {
  it('is accepted when its token is signed by Clockify and stored here', async () => {
    const event = await verify(tokenOf(claims));
    expect(event.signed).toEqual({ body: false, id: false, timestamp: false });
    expect(event.payload).toEqual({ id: '65f1a0' });
  });

  it('is refused when its token is signed by Clockify, and not the stored one', async () => {
    const stored = tokenOf({ ...claims, workspaceId: 'w_2' });
    await expect(verify(tokenOf(claims), { stored })).rejects.toMatchObject({ code: 'signature_mismatch' });
  });

  it('is refused when its token is stored, and not signed by Clockify', async () => {
    await expect(verify(tokenOf(claims, somebodys))).rejects.toMatchObject({ code: 'signature_mismatch' });
  });

  it('is refused when its token names another algorithm, even with the public key taken for a secret', async () => {
    const input = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
    const confused = `${input}.${createHmac('sha256', keys).update(input).digest('base64url')}`;
    await expect(verify(confused)).rejects.toMatchObject({ code: 'token_invalid' });
    for (const alg of ['none', 'RS384', 'rs256']) {
      await expect(verify(tokenOf(claims, clockifys, { alg }))).rejects.toMatchObject({ code: 'token_invalid' });
    }
    await expect(verify(`${part({ alg: 'none' })}.${part(claims)}.`)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it.each(['iss', 'type'])('is refused when the claim %s is missing or another', async (name) => {
    for (const value of [undefined, 'something-else', ['clockify', 'addon']]) {
      await expect(verify(tokenOf({ ...claims, [name]: value }))).rejects.toMatchObject({ code: 'token_invalid' });
    }
  });

  it('needs no expiry, and is refused after one that is there', async () => {
    await verify(tokenOf({ ...claims, exp: at + 1 }));
    await expect(verify(tokenOf({ ...claims, exp: at }))).rejects.toMatchObject({ code: 'token_expired' });
  });

  it('is refused with an authentication scheme before the token', async () => {
    const token = tokenOf(claims);
    await expect(verify(token, { header: `Bearer ${token}` })).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('tells which installation it came from, by the id of the stored token', async () => {
    const [first, second] = [tokenOf(claims), tokenOf({ ...claims, workspaceId: 'w_2' })];
    const secrets = [
      { id: 'w_1', value: first },
      { id: 'w_2', value: second },
    ];
    const receiver = createReceiver({ provider: clockifyAddon, keys, secrets });
    const event = await receiver.verify({ headers: { 'clockify-signature': second }, body });
    expect(event.secretId).toBe('w_2');
  });

  it('needs both the public key and the stored token when the receiver is built', () => {
    const missing = (at: string) => expect.objectContaining({ code: 'secret_invalid', at });
    expect(() => createReceiver({ provider: clockifyAddon, keys } as never)).toThrow(missing('secrets'));
    expect(() => createReceiver({ provider: clockifyAddon, secrets: tokenOf(claims) } as never)).toThrow(
      missing('keys'),
    );
  });
});

describe('a webhook of one add-on', () => {
  const provider = clockifyAddonFor('our-add-on');

  it('is accepted for the key in its manifest, and refused for another', async () => {
    await verify(tokenOf(claims), { provider });
    for (const sub of ['another-add-on', undefined, '']) {
      await expect(verify(tokenOf({ ...claims, sub }), { provider })).rejects.toMatchObject({ code: 'token_invalid' });
    }
  });

  it('differs from the general preset in nothing else', () => {
    const { scheme: _, ...rest } = provider;
    const { scheme: __, ...general } = clockifyAddon;
    expect(rest).toEqual(general);
  });

  it('demands a key', () => {
    for (const manifestKey of ['', undefined, 7]) {
      expect(() => clockifyAddonFor(manifestKey as never)).toThrow(
        expect.objectContaining({ code: 'options_invalid', at: 'manifestKey' }),
      );
    }
  });
});
