import { existsSync, readFileSync } from 'node:fs';
import { createReceiver, isWebhookError } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { github } from '../src/github.ts';
import { slack } from '../src/slack.ts';
import { standardWebhooks } from '../src/standard-webhooks.ts';
import { stripe } from '../src/stripe.ts';
import { svix } from '../src/svix.ts';

/** A published case, as far as it is used here. */
interface Vector {
  readonly provider: string;
  readonly case: string;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBase64: string;
  /** When the case is to be verified, in seconds since 1970; left out where the scheme signs no time. */
  readonly at?: number;
  readonly toleranceSeconds?: number;
  readonly valid: boolean;
}

const file = new URL('../../../../shared/providers/vectors.json', import.meta.url);
const presets = new Map([github, slack, standardWebhooks, stripe, svix].map((preset) => [preset.name, preset]));
const isPresent = existsSync(file);
/** How many cases there were for these presets when this was written. */
const knownCases = 24;
const vectors = isPresent
  ? (JSON.parse(readFileSync(file, 'utf8')) as Vector[]).filter(({ provider }) => presets.has(provider))
  : [];

describe.skipIf(!isPresent)(
  isPresent
    ? 'the published vectors'
    : `the published vectors: the file is absent, so ${knownCases} cases of ${presets.size} presets did not run`,
  () => {
    it('has valid and invalid cases, and a valid one of every preset', () => {
      expect(vectors.length).toBeGreaterThanOrEqual(knownCases);
      expect(new Set(vectors.map(({ valid }) => valid))).toEqual(new Set([true, false]));
      const valid = vectors.filter((vector) => vector.valid).map(({ provider }) => provider);
      expect([...new Set(valid)].sort()).toEqual([...presets.keys()].sort());
    });

    it.each(
      vectors.map((vector) => [vector.valid ? 'accepts' : 'refuses', vector.provider, vector.case, vector] as const),
    )('%s %s: %s', async (_, __, ___, vector) => {
      const provider = presets.get(vector.provider)!;
      if (vector.toleranceSeconds !== undefined) expect(provider.toleranceSeconds).toBe(vector.toleranceSeconds);
      const { at } = vector;
      if (at === undefined) expect(provider.scheme.signed.timestamp).toBe(false);
      const receiver = createReceiver({
        provider,
        secrets: vector.secret,
        dangerouslyAllowWeakSecrets: true,
        onWarning: () => {},
        ...(at === undefined ? {} : { clock: () => new Date(at * 1000) }),
      });
      const body = new Uint8Array(Buffer.from(vector.bodyBase64, 'base64'));
      const result = await receiver.verify({ headers: vector.headers, body }).catch((error: unknown) => error);
      if (vector.valid) {
        expect(result).toMatchObject({ provider: vector.provider, signed: { body: true } });
      } else {
        expect(isWebhookError(result) ? result.fault : result).toBe('sender');
      }
    });
  },
);
