/** Causes for a signature that matches but is from another time. */

import { describeScheme } from '../describe/scheme-facts.ts';
import { decodeBase64Url, decodeUtf8 } from '../encoding.ts';
import type { RetryFacts } from '../provider/retry-facts.ts';
import type { ReplayTolerance } from '../schemes/replay-window.ts';
import type { Proof } from '../schemes/scheme.ts';
import type { CauseCode } from './causes.ts';
import type { Situation } from './situation.ts';

/** A cause before its fix is looked up. */
export interface Finding {
  readonly code: CauseCode;
  readonly at?: string | undefined;
  readonly what?: string | undefined;
  readonly fix?: string | undefined;
}

/** The reason why a proof lies outside the window; undefined if it lies inside, and for schemes with their own window. */
export function findTimeFault(
  proof: Proof,
  { provider, now }: Situation,
  { past, future }: ReplayTolerance,
): Finding | undefined {
  const { scheme } = provider;
  if (proof.signedAt === undefined || scheme.kind === 'jwt') return undefined;
  const { timestamp } = describeScheme(scheme);
  const at = timestamp?.header === undefined ? undefined : String(timestamp.header).toLowerCase();
  if (timestamp?.unit === 'milliseconds' && proof.signedAt > 0 && proof.signedAt < now / 100) {
    return { code: 'timestamp_unit', at, what: 'The signed time is in seconds, and the scheme reads milliseconds.' };
  }
  const ageSeconds = Math.floor(now / 1000) - Math.floor(proof.signedAt / 1000);
  const allowed = ageSeconds > 0 ? past : future;
  return Math.abs(ageSeconds) <= allowed ? undefined : timeFault(ageSeconds, allowed, at, provider.retries);
}

function timeFault(
  ageSeconds: number,
  toleranceSeconds: number,
  at: string | undefined,
  retries: RetryFacts | undefined,
): Finding {
  const isOld = ageSeconds > 0;
  const distance = Math.abs(ageSeconds);
  const halfHours = Math.round(distance / 1800);
  const isZone = halfHours > 0 && halfHours <= 28 && Math.abs(distance - halfHours * 1800) <= 60;
  const zone = 'The distance is that of a time zone: look for a local time that is taken for UTC.';
  const narrow = `If deliveries take this long to arrive, set toleranceSeconds to at least ${distance}.`;
  const retry = `The distance is that of a retry of this sender, which repeats the first signature. Set toleranceSeconds to at least ${distance}, and dedupe to a store.`;
  const isRetry = isOld && retries?.resigns !== true && isAfterDelays(distance, retries?.delaysSeconds);
  const fix = isRetry
    ? retry
    : isZone
      ? zone
      : isOld && distance <= 2 * Math.max(toleranceSeconds, 30)
        ? narrow
        : undefined;
  return {
    code: isOld ? 'timestamp_too_old' : 'timestamp_too_new',
    at,
    what: `The signature is right, and its time lies ${spell(distance)} in the ${isOld ? 'past' : 'future'}, where ${spell(toleranceSeconds)} are allowed.`,
    fix,
  };
}

/** True for the time of a retry after the first attempt, give or take a tenth: senders spread them. */
function isAfterDelays(distance: number, delaysSeconds: readonly number[] = []): boolean {
  let sum = 0;
  return delaysSeconds.some((delay) => {
    sum += delay;
    return sum > 0 && Math.abs(distance - sum) <= Math.max(60, sum / 10);
  });
}

function spell(seconds: number): string {
  if (seconds < 180) return `${seconds} seconds`;
  if (seconds < 10_800) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 259_200 ? `${Math.round(seconds / 3600)} hours` : `${Math.round(seconds / 86_400)} days`;
}

/** The limit of a receiver, in characters. */
const maxTokenLength = 16_384;

/** Times at which a token in a header, query or body may have been valid, from its own unverified claims. */
export function tokenTimes({ provider, headers, body, url = '' }: Situation): readonly number[] {
  const names = new Set(
    describeScheme(provider.scheme)
      .headers.flat()
      .map(({ name }) => name),
  );
  const fields = headers.filter(([name]) => names.has(name)).map(([, value]) => value);
  const texts = [...fields, url, names.size === 0 ? (decodeUtf8(body) ?? '').slice(0, maxTokenLength) : ''];
  const times = texts.flatMap((text) => {
    const payload = /(?:^|[ ="])[\w-]+\.([\w-]+)\.[\w-]+/.exec(text)?.[1];
    const claims = payload === undefined ? undefined : parseClaims(payload);
    if (claims === undefined) return [];
    const { iat, nbf, exp } = claims;
    return [iat, nbf, typeof exp === 'number' ? exp - 1 : undefined];
  });
  return times.flatMap((time) => (typeof time === 'number' && time > 0 && time < 1e12 ? [time * 1000] : []));
}

function parseClaims(payload: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(decodeUtf8(decodeBase64Url(payload) ?? new Uint8Array()) ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
