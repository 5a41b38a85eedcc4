import { constants, createHash, createHmac, createVerify, verify } from 'node:crypto';
import type { Provider } from '@countersign/core';
import type { HmacDescription, PublicKeyDescription, SignatureSource } from '@countersign/core/describe';
import { type SignedText, signedTextsOf } from '@countersign/core/diagnose';
import { createSigningKeys, signDelivery } from '@countersign/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { presets } from './presets.ts';
import { deliveryOf, presetOf, type RecordedDelivery, recordedDeliveries } from './recorded-delivery.ts';

const utf8 = new TextDecoder();

async function textsOf(recorded: RecordedDelivery, delivery = deliveryOf(recorded)): Promise<readonly SignedText[]> {
  const { publicUrl } = recorded;
  return signedTextsOf(delivery, presetOf(recorded), publicUrl === undefined ? {} : { publicUrl });
}

/** What the pieces are together. The secret stands where the sender puts it before the text. */
function joined({ pieces }: SignedText, secret = ''): Buffer {
  return Buffer.concat(
    pieces.map(({ kind, bytes, from }) => {
      if (kind === 'secret') return Buffer.from(secret);
      if (bytes === undefined) throw new Error(`nothing at ${from}`);
      return Buffer.from(bytes);
    }),
  );
}

const ofKind = (...kinds: readonly string[]) =>
  recordedDeliveries.filter(([, recorded]) => kinds.includes(presetOf(recorded).scheme.kind));

/** The key as a sender has it, from its description. */
function keyOf(secret: string, { secret: format = {} }: HmacDescription): Buffer {
  const { encoding = 'utf8', prefix = '', derive } = format;
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
  const bytes =
    encoding === 'hex' || encoding === 'base64' ? Buffer.from(text, encoding) : Buffer.from(text.normalize('NFKD'));
  return derive === undefined ? bytes : createHash(nodeHash(derive)).update(bytes).digest();
}

const nodeHash = (name: string) => name.replace('-', '').toLowerCase();

/** Everything in the delivery that could be the signature: all its words, in whatever encoding. */
function saysSomewhere(recorded: RecordedDelivery, mac: Buffer, source: SignatureSource): boolean {
  const text = `${JSON.stringify(recorded.headers)}${recorded.body}${decodeURIComponent(recorded.body.replace(/%(?![0-9a-f]{2})/gi, ''))}`;
  const written = mac.toString(source.encoding === 'base64url' ? 'base64url' : source.encoding);
  return text.toLowerCase().includes(written.toLowerCase());
}

/** Where the signature is all that a header holds. */
function plainSourceOf(provider: Provider): (SignatureSource & { readonly header: string }) | undefined {
  const [source] = [(provider.scheme.description as PublicKeyDescription).signature].flat() as [SignatureSource];
  return 'header' in source && source.key === undefined ? source : undefined;
}

const byPublicKey = [...presets].filter(
  ([, provider]) => provider.scheme.kind === 'public_key' && plainSourceOf(provider) !== undefined,
);

describe('the signed text, piece by piece', () => {
  it.each(ofKind('hmac'))('of %s is what the MAC in the delivery was made over', async (_, recorded) => {
    const description = presetOf(recorded).scheme.description as HmacDescription;
    const [source] = [description.signature].flat() as [SignatureSource];
    const macOf = (text: Buffer) =>
      description.construction === 'secret_prefix'
        ? createHash(nodeHash(description.hash)).update(text).digest()
        : createHmac(nodeHash(description.hash), keyOf(recorded.secret ?? '', description))
            .update(text)
            .digest();
    const texts = (await textsOf(recorded)).map((text) => joined(text, recorded.secret));
    expect(texts.some((text) => saysSomewhere(recorded, macOf(text), source))).toBe(true);
    const changed = texts.map((text) => Buffer.concat([text, Buffer.from(' ')]));
    expect(changed.some((text) => saysSomewhere(recorded, macOf(text), source))).toBe(false);
  });

  it('is known for every sender that signs, and is nothing for one that sends a stored token', async () => {
    for (const [file, recorded] of recordedDeliveries) {
      const texts = await textsOf(recorded);
      const { kind } = presetOf(recorded).scheme;
      expect(texts.length > 0, file).toBe(kind !== 'shared_token');
      for (const { pieces } of texts)
        for (const piece of pieces) {
          expect(piece.bytes !== undefined || piece.kind === 'secret', `${file}: ${piece.from}`).toBe(true);
          expect(piece.from, file).not.toContain('undefined');
        }
    }
  });

  it('never holds the secret, nor the signature', async () => {
    // Ids and addresses among the headers that are needed.
    const isNaming = (word: string) => /^(?:[0-9a-f]+-){4}|^\/|^msg_|^evt_/.test(word);
    let looked = 0;
    for (const [file, recorded] of ofKind('hmac', 'jwt', 'detached_jws', 'http_signature')) {
      const shown = (await textsOf(recorded)).map((text) => utf8.decode(joined(text))).join('\n');
      if (recorded.secret !== undefined && !recorded.body.includes(recorded.secret))
        expect(shown, file).not.toContain(recorded.secret);
      const words = recorded.authenticatedBy.flatMap((name) => (recorded.headers[name] ?? '').split(/[.,=: ]/));
      const signature = words.filter((word) => word.length >= 27 && !isNaming(word)).at(-1);
      if (signature !== undefined) {
        looked++;
        expect(shown, file).not.toContain(signature);
      }
    }
    expect(looked).toBeGreaterThan(60);
  });

  it('is told of whatever a delivery holds, without a throw', async () => {
    const anyDelivery = fc.record({
      body: fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
      header: fc.string({ unit: 'binary' }),
      url: fc.string(),
    });
    const names = recordedDeliveries.map(([, { headers }]) => Object.keys(headers));
    await fc.assert(
      fc.asyncProperty(anyDelivery, async ({ body, header, url }) => {
        for (const [index, [, recorded]] of recordedDeliveries.entries()) {
          const headers = Object.fromEntries((names[index] ?? []).map((name) => [name, header]));
          for (const given of [{}, headers, recorded.headers]) {
            const texts = await signedTextsOf({ body, headers: given, url }, presetOf(recorded));
            expect(texts.every(({ pieces }) => pieces.length > 0)).toBe(true);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('names where each piece comes from, and what is missing', async () => {
    const recorded = recordedDeliveries.find(([file]) => file === 'stripe.json')?.[1] as RecordedDelivery;
    const [text] = await textsOf(recorded);
    expect(text?.pieces.map(({ kind, from }) => [kind, from])).toEqual([
      ['timestamp', 'header stripe-signature, item t'],
      ['fixed', 'fixed'],
      ['body', 'the received bytes of the body'],
    ]);
    const [bare] = await textsOf(recorded, { ...deliveryOf(recorded), headers: {} });
    expect(bare?.pieces[0]).toEqual({
      kind: 'timestamp',
      from: 'header stripe-signature, item t',
      bytes: undefined,
      error: 'header_missing',
    });
    expect(utf8.decode(bare?.pieces[2]?.bytes)).toBe(recorded.body);
  });

  it('of an address comes in each of the spellings that are tried', async () => {
    const recorded = recordedDeliveries.find(([file]) => file === 'twilio.json')?.[1] as RecordedDelivery;
    const { publicUrl: _, ...withoutAddress } = recorded;
    expect((await textsOf(recorded)).length).toBeGreaterThan(1);
    const [text] = await textsOf(withoutAddress as RecordedDelivery);
    expect(text?.pieces.find(({ kind }) => kind === 'url')).toMatchObject({
      bytes: undefined,
      error: 'options_invalid',
    });
  });

  it('of a token is its header and its claims, with what they say', async () => {
    for (const [file, recorded] of ofKind('jwt')) {
      const [text] = await textsOf(recorded);
      const [header, dot, claims] = text?.pieces ?? [];
      expect(JSON.parse(header?.reads ?? ''), file).toHaveProperty('alg');
      expect(utf8.decode(dot?.bytes), file).toBe('.');
      expect(JSON.parse(claims?.reads ?? ''), file).toBeTypeOf('object');
    }
    expect(ofKind('jwt').length).toBeGreaterThan(3);
  });

  it.each(byPublicKey)('of %s is what a key of its kind verifies', async (_, provider) => {
    const { algorithm } = provider.scheme.description as PublicKeyDescription;
    const { signing, receiver } = createSigningKeys(provider);
    const addresses = { url: 'https://example.com/webhooks?a=1', certificateUrl: 'https://api.paypal.com/certificate' };
    const delivery = await signDelivery(provider, { ...signing, ...addresses });
    const { header, prefix = '', encoding } = plainSourceOf(provider) as NonNullable<ReturnType<typeof plainSourceOf>>;
    const value = Object.entries(delivery.headers).find(([name]) => name.toLowerCase() === header.toLowerCase())?.[1];
    const signature = Buffer.from((value ?? '').slice(prefix.length), encoding);
    const { keys: key } = receiver as { readonly keys: string };
    const { name, hash = 'SHA-256', format } = algorithm as { name: string; hash?: string; format?: string };
    const isRight = (text: Buffer) => {
      if (name === 'Ed25519') return verify(null, text, key, signature);
      const dsaEncoding = format === 'p1363' ? ('ieee-p1363' as const) : ('der' as const);
      const padding = name === 'RSA-PSS' ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {};
      return createVerify(nodeHash(hash))
        .update(text)
        .verify({ key, dsaEncoding, ...padding }, signature);
    };
    const texts = (await signedTextsOf(delivery, provider)).map((text) => joined(text));
    expect(texts.some(isRight)).toBe(true);
    expect(texts.map((text) => Buffer.concat([text, Buffer.from(' ')])).some(isRight)).toBe(false);
  });

  it('was held against the keys of several senders', () => {
    expect(byPublicKey.length).toBeGreaterThan(3);
  });
});
