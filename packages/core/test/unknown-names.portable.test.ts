/** Names that no description or option has: each would be silently ignored, and so would the check that it stands for. */

import {
  createReceiver,
  defineProvider,
  handshakes,
  hmac,
  rawBodyHmac,
  sharedToken,
  standardWebhooksHmac,
  timestampedHmac,
} from '@countersign/core';
import { httpSignature } from '@countersign/core/http-signature';
import { detachedJws, jwt } from '@countersign/core/jwt';
import { publicKey } from '@countersign/core/public-key';
import { describe, expect, it } from 'vitest';

const header = 'x-signature';
const signature = { header, encoding: 'hex' } as const;
const described = { hash: 'SHA-256', signature, signs: ['body'] } as const;
const token = { algorithms: ['RS256'], token: { header: 'authorization', scheme: 'Bearer' } } as const;
const message = { algorithm: 'ed25519', components: ['@method', '@target-uri', 'content-digest'] } as const;
const ed25519 = { algorithm: { name: 'Ed25519' }, signature, signs: ['body'] } as const;
const provider = { name: 'acme', scheme: rawBodyHmac({ header }) };
const secrets = 'k7Lw2mQ9xV4bN8tR1cY6';

type Build = (...given: never[]) => unknown;

/** The place of a misspelled name, and a call that has it. */
const cases: readonly (readonly [at: string, build: Build, given: object])[] = [
  ['scheme.prefx', rawBodyHmac, { header, prefx: 'sha256=' }],
  ['scheme.encodng', rawBodyHmac, { header, encodng: 'base64' }],
  ['scheme.secret.minByte', rawBodyHmac, { header, secret: { minByte: 32 } }],
  ['scheme.hash', timestampedHmac, { header, hash: 'SHA-512' }],
  ['scheme.header', standardWebhooksHmac, { header: 'x' }],
  ['scheme.tokens', sharedToken, { token: { header }, tokens: {} }],
  ['scheme.token.heder', sharedToken, { token: { heder: 'x' } }],
  ['scheme.secret.minbytes', sharedToken, { token: { header }, secret: { minbytes: 32 } }],
  ['scheme.keyid', hmac, { ...described, keyid: { header } }],
  ['scheme.id.heder', hmac, { ...described, id: { heder: 'x' } }],
  ['scheme.signature.prefx', hmac, { ...described, signature: { ...signature, prefx: 'v1=' } }],
  ['scheme.secret.derives', hmac, { ...described, secret: { derives: 'SHA-1' } }],
  ['scheme.signs.txt', hmac, { ...described, signs: [{ txt: '.' }, 'body'] }],
  ['scheme.certificates', publicKey, { ...ed25519, certificates: {} }],
  ['scheme.certificate.host', publicKey, { ...ed25519, certificate: { url: { header }, host: ['x.example'] } }],
  ['scheme.nonce', httpSignature, { ...message, nonce: true }],
  ['scheme.keyId', httpSignature, { ...message, keyId: true }],
  ['scheme.require', httpSignature, { ...message, require: ['nonce'] }],
  ['scheme.id.name', httpSignature, { ...message, id: { name: 'idempotency-key' } }],
  ['scheme.bind', jwt, { ...token, bind: { bodyHash: {} } }],
  ['scheme.claim', jwt, { ...token, claim: { audience: 'me' } }],
  ['scheme.claims.audiences', jwt, { ...token, claims: { audiences: 'me' } }],
  ['scheme.claims.audience.publicURL', jwt, { ...token, claims: { audience: { publicURL: true } } }],
  ['scheme.binds.bodyHash.alg', jwt, { ...token, binds: { bodyHash: { claim: 'h', alg: 'SHA-256' } } }],
  ['scheme.timestamps', detachedJws, { header, algorithms: ['ES256'], timestamps: {} }],
  [
    'scheme.timestamp.units',
    detachedJws,
    { header, algorithms: ['ES256'], timestamp: { jose: 'iat', units: 'seconds' } },
  ],
  ['provider.eventID', defineProvider, { ...provider, eventID: { json: 'id' } }],
  ['provider.eventId.optionals', defineProvider, { ...provider, eventId: { json: ['a'], join: '', optionals: ['a'] } }],
  ['provider.identity.byteRepeat', defineProvider, { ...provider, identity: { byteRepeat: true } }],
  ['provider.retries.finalON', defineProvider, { ...provider, retries: { finalON: [410] } }],
  [
    'provider.batch.each.keepShape',
    defineProvider,
    { ...provider, batch: { json: 'a', each: [{ json: 'b', keepShape: true }] } },
  ],
  ['secrets.notafter', createReceiver, { provider, secrets: [{ value: secrets, notafter: new Date() }, secrets] }],
];

/** A value that no description can have: it would have been taken for another, or for none. */
const values: readonly (readonly [at: string, build: Build, given: object, expected: RegExp])[] = [
  [
    'scheme.signs',
    hmac,
    { ...described, signs: ['.', 'body'] },
    /"\." is not a part\. A fixed text is \{ text: "\." \}/,
  ],
  ['scheme.signs', hmac, { ...described, signs: ['tymestamp', 'body'], ambiguous: true }, /"tymestamp" is not a part/],
  [
    'scheme.timestamp.unit',
    hmac,
    { ...described, timestamp: { header, unit: 'second' } },
    /seconds, milliseconds or iso8601/,
  ],
  ['scheme.signs.bodyDigest', hmac, { ...described, signs: [{ bodyDigest: 'SHA256', encoding: 'hex' }] }, /SHA-256/],
  [
    'scheme.signs.encoding',
    hmac,
    { ...described, signs: [{ bodyDigest: 'SHA-256', encoding: 'hx' }] },
    /hex or base64/,
  ],
  ['scheme.urlForms', hmac, { ...described, signs: ['url'], urlForms: ['exact', 'x'] }, /exact, without_query/],
  ['scheme.secret.encoding', hmac, { ...described, secret: { encoding: 'b64' } }, /utf8, utf8_nfkd, hex or base64/],
  ['scheme.secret.encoding', rawBodyHmac, { header, secret: { encoding: 'b64' } }, /utf8/],
  ['scheme.secret.minBytes', rawBodyHmac, { header, secret: { minBytes: '32' } }, /Expected a number/],
  ['scheme.signature.prefix', rawBodyHmac, { header, prefix: 5 }, /Expected a string/],
  [
    'scheme.signature.prefixOptional',
    hmac,
    { ...described, signature: { ...signature, prefix: 'a=', prefixOptional: 'no' } },
    /true or false/,
  ],
  ['scheme.ambiguous', hmac, { ...described, ambiguous: 'no' }, /true or false/],
  ['provider.payload', defineProvider, { ...provider, payload: 'jsn' }, /json, form, json_or_form/],
  [
    'provider.payload',
    defineProvider,
    { ...provider, payload: { formField: 'p', otherwise: 'json' } },
    /formField: name/,
  ],
  [
    'provider.payload',
    defineProvider,
    { ...provider, payload: { formField: 'p', othrwise: 'form' } },
    /formField: name/,
  ],
  [
    'provider.eventType.otherwise',
    defineProvider,
    { ...provider, eventType: { json: 'type', otherwise: 5 } },
    /Expected a string/,
  ],
  ['provider.methods', defineProvider, { ...provider, methods: ['post'] }, /in capitals/],
  ['provider.methods', defineProvider, { ...provider, methods: 'POST' }, /in capitals/],
  ['provider.confidence', defineProvider, { ...provider, confidence: 'sure' }, /documented/],
  [
    'provider.eventCreatedAt.unit',
    defineProvider,
    { ...provider, eventCreatedAt: { json: 'at', unit: 'sec' } },
    /seconds/,
  ],
  [
    'provider.identity.bytesRepeat',
    defineProvider,
    { ...provider, identity: { bytesRepeat: 'no', source: 'x' } },
    /true or false/,
  ],
  [
    'provider.batch.keepsShape',
    defineProvider,
    { ...provider, batch: { json: 'events', keepsShape: 'yes' } },
    /true or false/,
  ],
  [
    'provider.acknowledgement.status',
    defineProvider,
    { ...provider, acknowledgement: { status: '200' } },
    /Expected a number/,
  ],
  ['provider.retries.resigns', defineProvider, { ...provider, retries: { resigns: 'no' } }, /true or false/],
];

describe('a value that does not exist', () => {
  it.each(values)('is refused at %s by %o', (at, build, given, expected) => {
    const error = errorOf(() => build(given as never));
    expect(error).toMatchObject({ code: 'options_invalid', at });
    expect((error as Error).message).toMatch(expected);
  });

  it('is refused in the options of handshakes', () => {
    const asked = defineProvider({
      ...provider,
      handshakes: handshakes([
        {
          name: 'check',
          when: { method: 'GET', query: { challenge: '*' } },
          signed: false,
          verifyToken: { query: 'token' },
          response: { body: { query: 'challenge' } },
        },
      ]),
    });
    const options = { provider: asked, secrets, handshakes: { verifyTokn: 'x' }, onWarning: () => undefined } as never;
    expect(errorOf(() => createReceiver(options))).toMatchObject({ at: 'handshakes.verifyTokn' });
  });

  it('is not seen where it is left out or one of the allowed ones', () => {
    const all = {
      ...described,
      timestamp: { header, unit: 'iso8601' },
      signs: ['timestamp', { text: '.' }, 'body'],
    } as const;
    expect(() => hmac({ ...all, ambiguous: false, secret: { encoding: 'utf8_nfkd', derive: 'SHA-1' } })).not.toThrow();
    expect(() =>
      defineProvider({ ...provider, payload: { formField: 'payload' }, methods: ['GET', 'POST'] }),
    ).not.toThrow();
  });
});

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a name that does not exist', () => {
  it.each(cases)('is refused at %s', (at, build, given) => {
    const attempt = () => (build as (given: object) => unknown)(given);
    expect(attempt).toThrow(expect.objectContaining({ code: 'options_invalid', at }));
    expect(attempt).toThrow('There is no such option.');
  });

  it('is refused in an object around a public key, and not in a JWK', () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', use: 'sig' };
    const receiver = (keys: object) =>
      createReceiver({ provider: defineProvider({ name: 'acme', scheme: publicKey(ed25519) }), keys: keys as never });
    expect(() => receiver([jwk])).not.toThrow();
    expect(() => receiver([{ id: 'a', key: jwk }])).not.toThrow();
    expect(() => receiver([{ ids: 'a', key: jwk }])).toThrow(expect.objectContaining({ at: 'keys.ids' }));
  });

  it('may be in what a secrets function returns, such as a row of a table', async () => {
    const body = new TextEncoder().encode('{}');
    const receiver = createReceiver({ provider, secrets: () => ({ value: secrets, createdAt: 1 }) as never });
    const refusal = receiver.verify({ body, headers: { [header]: '00'.repeat(32) } });
    await expect(refusal).rejects.toMatchObject({ code: 'signature_mismatch' });
  });
});

it.each([
  ['no options', rawBodyHmac, undefined, 'scheme'],
  ['a text', rawBodyHmac, 'x-signature', 'scheme'],
  ['no header', rawBodyHmac, {}, 'scheme.signature'],
  ['no header', timestampedHmac, {}, 'scheme.signature'],
  ['an unknown hash', rawBodyHmac, { header, hash: 'sha1' }, 'scheme.hash'],
  ['an unknown encoding', rawBodyHmac, { header, encoding: 'base32' }, 'scheme.signature.encoding'],
  ['no id', hmac, { ...described, id: null }, 'scheme.id'],
  ['no signature', hmac, { ...described, signature: null }, 'scheme.signature'],
  ['no signature', hmac, { hash: 'SHA-256', signs: ['body'] }, 'scheme.signature'],
  ['no place of the token', sharedToken, {}, 'scheme.token'],
  ['two places of the token', sharedToken, { token: { header, query: 'token' } }, 'scheme.token'],
] as const)('%s is a coded error and no crash (%#)', (_, build, given, at) => {
  expect(() => (build as (given: unknown) => unknown)(given)).toThrow(
    expect.objectContaining({ code: 'options_invalid', at }),
  );
});

it('does not compile where TypeScript infers the type of a description', () => {
  const build = (make: () => unknown) => expect(make).toThrow('There is no such option.');
  // @ts-expect-error nonce is a parameter in the list `requires`.
  build(() => httpSignature({ algorithm: 'ed25519', components: ['@method'], nonce: true }));
  // @ts-expect-error It is `claims`.
  build(() => jwt({ algorithms: ['RS256'], token: { header: 'authorization' }, claim: { audience: 'me' } }));
  // @ts-expect-error It is `keyPrefix`.
  build(() => publicKey({ algorithm: { name: 'Ed25519' }, signature, signs: ['body'], prefixOfKey: '' }));
});
