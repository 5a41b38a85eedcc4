import { existsSync, readFileSync } from 'node:fs';
import {
  createReceiver,
  type Delivery,
  defineProvider,
  isWebhookError,
  joinPairs,
  type Outcome,
  type Provider,
} from '@countersign/core';
import type { PublicKeyDescription, SignatureAlgorithm } from '@countersign/core/describe';
import { publicKey } from '@countersign/core/public-key';
import { decodeJwt, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { appleAppStoreV2 } from '../src/apple-app-store-v2.ts';
import { awsSns } from '../src/aws-sns.ts';
import { braintree } from '../src/braintree.ts';
import { type ConvoyOptions, convoy } from '../src/convoy.ts';
import { paypal } from '../src/paypal.ts';
import { plivoV2 } from '../src/plivo.ts';
import { rfc9421 } from '../src/rfc9421.ts';
import { presets } from './presets.ts';

/** A published case, as far as it is used here. */
interface Vector {
  readonly provider: string;
  readonly case: string;
  readonly secret: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBase64: string;
  readonly url?: string;
  readonly method?: string;
  /** When the case is to be verified, in seconds since 1970; left out where the scheme signs no time. */
  readonly at?: number;
  readonly toleranceSeconds?: number;
  readonly valid: boolean;
  readonly note?: string;
  readonly expect?: string;
  readonly certificatePem?: string;
  readonly jwks?: object;
  readonly publicKey?: string;
}

/** How a case is put to a preset, where it is not the usual way. */
interface Setup {
  readonly provider?: Provider;
  readonly secrets?: unknown;
  readonly keys?: unknown;
  /** Seconds since 1970. */
  readonly at?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Decides by itself. */
  readonly check?: () => Promise<void> | void;
}

const file = new URL('../../../../shared/providers/vectors.json', import.meta.url);
const isPresent = existsSync(file);
const vectors = isPresent ? (JSON.parse(readFileSync(file, 'utf8')) as Vector[]) : [];
/** How many cases there were when this was written. */
const knownCases = 146;
const bodyOf = ({ bodyBase64 }: Vector) => new Uint8Array(Buffer.from(bodyBase64, 'base64'));
const jsonOf = (vector: Vector) => JSON.parse(new TextDecoder().decode(bodyOf(vector)));

const setups: Readonly<Record<string, (vector: Vector) => Setup | Promise<Setup>>> = {
  'standard-webhooks-v1a': ({ secret }) => ({ keys: secret }),
  sendgrid: (vector) => ({
    keys: vector.secret,
    at: Number(vector.headers['x-twilio-email-event-webhook-timestamp']) || 1_600_112_502,
  }),
  pusher: ({ secret }) => ({ secrets: Object.entries(secret as object).map(([id, value]) => ({ id, value })) }),
  'plivo-v2': () => ({ provider: plivoV2 }),
  // Made with a tool, long ago: the claims are not those of a delivery, but for the time.
  vonage: ({ headers }) => ({ at: decodeJwt((headers.authorization as string).split(' ')[1] as string).iat as number }),
  // Its cases of no algorithm come without any secret.
  messagebird: ({ secret }) => ({ secrets: secret ?? 'a-secret-in-the-place-of-none-at-all' }),
  convoy: ({ case: name, headers }) => ({
    provider: convoy({
      mode: name.startsWith('advanced') ? 'advanced' : 'simple',
      hash: name.includes('sha512') ? 'SHA-512' : 'SHA-256',
      encoding: name.includes('base64') ? 'base64' : 'hex',
    } satisfies ConvoyOptions),
    at: Number(/t=(\d+)/.exec(headers['x-convoy-signature'] ?? '')?.[1] ?? 0) || 1_700_000_000,
  }),
  'aws-sns': (vector) => {
    const { TopicArn, SignatureVersion, Timestamp } = jsonOf(vector);
    return {
      provider: awsSns({
        topicArns: [TopicArn],
        signatureVersion: SignatureVersion,
        fetch: async () => new Response(vector.certificatePem),
      }) as Provider,
      at: Date.parse(Timestamp) / 1000,
    };
  },
  truelayer: ({ jwks, headers }) => ({
    keys: jwks,
    at: Date.parse(headers['x-tl-webhook-timestamp'] as string) / 1000,
  }),
  'apple-app-store-v2': (vector) => {
    const { data } = decodeJwt(jsonOf(vector).signedPayload) as { data: { bundleId: string } };
    const provider = appleAppStoreV2({ bundleId: data.bundleId, environment: 'Sandbox' });
    const keys = `-----BEGIN CERTIFICATE-----\n${vector.secret}\n-----END CERTIFICATE-----`;
    return { provider: provider as Provider, keys, at: Date.parse('2026-01-01') / 1000 };
  },
  braintree: (vector) => ({
    check: async () => {
      const receiver = createReceiver({
        provider: braintree({ publicKey: 'integration_public_key' }),
        secrets: vector.secret as string,
      });
      const outcome = await receiver.receive({ ...deliveryOf(vector) }, () => expect.unreachable());
      expect((outcome as Extract<Outcome, { kind: 'handshake' }>).response.body).toBe(vector.expect);
    },
  }),
  // The certificate was published nowhere: what can be checked is the signed text, CRC-32 included.
  paypal: (vector) => ({
    check: async () => {
      const { description } = paypal({ webhookId: vector.secret as string }).scheme;
      const { headers } = vector;
      let text = '';
      for (const part of (description as PublicKeyDescription).signs) {
        if (part === 'timestamp') text += headers['paypal-transmission-time'];
        else if (typeof part === 'object' && 'text' in part) text += part.text;
        else if (typeof part === 'object' && 'header' in part) text += headers[part.header];
        else if (typeof part === 'object' && 'compute' in part)
          text += joinPairs(
            part.compute(deliveryOf(vector), () => ''),
            part.layout,
          );
        else expect.unreachable();
      }
      expect(text).toBe(vector.expect);
    },
  }),
  // The secret was not published: the claims are signed anew, and the hash of the query string in them is the real one.
  'atlassian-connect': async (vector) => {
    const token = new URL(vector.url as string).searchParams.get('jwt') as string;
    const secret = 'a-secret-in-the-place-of-the-unpublished-one';
    const claims = decodeJwt(token);
    const signed = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(secret));
    return { secrets: secret, headers: { authorization: `JWT ${signed}` } };
  },
  rfc9421: (vector) => {
    const covered = [...(vector.headers['signature-input'] as string).matchAll(/"(@?[a-z-]+)"(?![^(]*$)/g)];
    const names = covered.map(([, name]) => name as string).filter((name) => name !== '@query-param');
    const algorithm = vector.case.includes('ecdsa') ? 'ecdsa-p256-sha256' : 'rsa-pss-sha512';
    if (names.length === 0 || names.includes('@status')) {
      // No receiver takes these two: one signs nothing of the message, the other is a response.
      return { check: () => verifyBase(vector) };
    }
    return {
      provider: rfc9421({ algorithm, components: names as [string, ...string[]] }) as Provider,
      keys: vector.publicKey,
    };
  },
};

/** Verifies the signature over the base that the specification prints, as if it were a body; and refuses another. */
async function verifyBase({ case: name, headers, publicKey: keys, expect: base = '' }: Vector): Promise<void> {
  const algorithm: SignatureAlgorithm = name.includes('ecdsa')
    ? { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256', format: 'p1363' }
    : { name: 'RSA-PSS', hash: 'SHA-512', saltLength: 64 };
  const provider = defineProvider<object, 'keys'>({
    name: 'base',
    scheme: publicKey({ algorithm, signature: { header: 'x-sig', encoding: 'base64' }, signs: ['body'] }),
  });
  const signature = /:([^:]+):/.exec(headers.signature as string)?.[1] as string;
  const verify = (text: string) =>
    createReceiver({ provider, keys }).verify({
      headers: { 'x-sig': signature },
      body: new TextEncoder().encode(text),
    });
  await verify(base);
  await expect(verify(`${base} `)).rejects.toMatchObject({ code: 'signature_mismatch' });
}

function deliveryOf(vector: Vector): Delivery {
  const { headers, url, method = 'POST' } = vector;
  return { headers, body: bodyOf(vector), method, ...(url !== undefined && { url }) };
}

describe.skipIf(!isPresent)(
  isPresent
    ? `the published vectors on ${process.env.COUNTERSIGN_BACKEND ?? 'node:crypto'}`
    : `the published vectors: the file is absent, so ${knownCases} cases did not run`,
  () => {
    it('are counted, for the docs, as they are', () => {
      const counts: Record<string, { valid: number; invalid: number }> = {};
      for (const { provider, valid } of vectors) {
        const id = provider === 'plivo-v2' ? 'plivo' : provider;
        counts[id] ??= { valid: 0, invalid: 0 };
        counts[id][valid ? 'valid' : 'invalid']++;
      }
      expect(counts).toEqual(JSON.parse(readFileSync(new URL('published-vectors.json', import.meta.url), 'utf8')));
    });

    it('are at least as many as were known, of both kinds, and each belongs to a preset', () => {
      expect(vectors.length).toBeGreaterThanOrEqual(knownCases);
      expect(new Set(vectors.map(({ valid }) => valid))).toEqual(new Set([true, false]));
      const names = new Set(vectors.map(({ provider }) => (provider === 'plivo-v2' ? 'plivo' : provider)));
      expect([...names].filter((name) => !presets.has(name))).toEqual([]);
    });

    it.each(
      vectors.map((vector) => [vector.valid ? 'accepts' : 'refuses', vector.provider, vector.case, vector] as const),
    )('%s %s: %s', async (_, __, ___, vector) => {
      const setup = (await setups[vector.provider]?.(vector)) ?? {};
      if (setup.check !== undefined) return setup.check();
      const preset = setup.provider ?? (presets.get(vector.provider) as Provider);
      const { material } = preset.scheme;
      // Years of tolerance in a published case stand for "the age does not matter".
      const isAgeless = (vector.toleranceSeconds ?? 0) > 86_400;
      if (vector.toleranceSeconds !== undefined && !isAgeless) {
        expect(preset.toleranceSeconds).toBe(vector.toleranceSeconds);
      }
      const at = setup.at ?? vector.at;
      if (at === undefined) expect(preset.scheme.signed.timestamp).toBe(false);
      const receiver = createReceiver({
        // Some published cases are requests by other methods than those of deliveries.
        provider: { ...preset, methods: [vector.method ?? 'POST'] },
        dangerouslyAllowWeakSecrets: true,
        dangerouslyIgnoreTimestamp: isAgeless,
        onWarning: () => {},
        ...(at === undefined ? {} : { clock: () => new Date(at * 1000) }),
        ...((material === 'secrets' || material === 'both') && { secrets: setup.secrets ?? vector.secret }),
        ...((material === 'keys' || material === 'both') && { keys: setup.keys }),
      } as never);
      const delivery = { ...deliveryOf(vector), ...(setup.headers && { headers: setup.headers }) };
      const result = await receiver.verify(delivery).catch((error: unknown) => error);
      if (vector.valid) {
        expect(result).toMatchObject({ provider: vector.provider });
      } else {
        expect(isWebhookError(result) ? result.fault : result).toBe('sender');
      }
    });
  },
);
