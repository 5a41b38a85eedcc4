/** Which claims a token has to make, and when it is too old. */

import { WebhookError } from '../errors.ts';
import { valueAt } from '../value-path.ts';

/** Rules for the claims of RFC 7519 section 4.1 and for a sender's own. */
export interface ClaimRules {
  /** `iss` has to be this, or one of these, to the letter. */
  readonly issuer?: string | readonly string[];
  /** `sub` has to be this. */
  readonly subject?: string;
  /** `aud` has to be, or to contain, this or one of these. */
  readonly audience?: string | readonly string[];
  /** Other claims that have to have a fixed value, by name, or by path (`data.bundleId`). */
  readonly equals?: Readonly<Record<string, string | number | boolean>>;
  /** Claims that have to be there, whatever they say. */
  readonly required?: readonly string[];
  /** Whether `exp` has to be there. Default `required`; say `optional` for a sender whose tokens do not expire. */
  readonly expiry?: 'required' | 'optional';
  /** Greatest age by `iat`, in seconds; `iat` is required then, and may not lie in the future. */
  readonly maxAgeSeconds?: number;
  /** How far clocks may differ for `exp`, `nbf` and `iat`, in seconds. Default 0. */
  readonly clockToleranceSeconds?: number;
}

type Claims = Readonly<Record<string, unknown>>;

/** @throws token_invalid, token_expired */
export function checkClaims(claims: Claims, rules: ClaimRules, nowMilliseconds: number, at: string): void {
  const refuse = (name: string) => new WebhookError('token_invalid', { at: `${at} ${name}` });
  if (rules.issuer !== undefined && !isOneOf(claims.iss, rules.issuer)) throw refuse('iss');
  if (rules.subject !== undefined && !isOneOf(claims.sub, rules.subject)) throw refuse('sub');
  if (rules.audience !== undefined) {
    const { audience } = rules;
    const given: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
    if (!given.some((value) => isOneOf(value, audience))) throw refuse('aud');
  }
  for (const [name, value] of Object.entries(rules.equals ?? {})) {
    if ((Object.hasOwn(claims, name) ? claims[name] : valueAt(claims, name)) !== value) throw refuse(name);
  }
  for (const name of rules.required ?? []) if (!Object.hasOwn(claims, name)) throw refuse(name);

  const tolerance = rules.clockToleranceSeconds ?? 0;
  const now = Math.floor(nowMilliseconds / 1000);
  const expiry = instantOf(claims, 'exp', refuse);
  const notBefore = instantOf(claims, 'nbf', refuse);
  const issuedAt = instantOf(claims, 'iat', refuse);
  if (expiry === undefined && rules.expiry !== 'optional') throw refuse('exp');
  if (expiry !== undefined && now >= expiry + tolerance) throw new WebhookError('token_expired', { at: `${at} exp` });
  if (notBefore !== undefined && now < notBefore - tolerance) throw refuse('nbf');
  if (rules.maxAgeSeconds !== undefined) {
    if (issuedAt === undefined || issuedAt > now + tolerance) throw refuse('iat');
    if (now - issuedAt > rules.maxAgeSeconds + tolerance) throw new WebhookError('token_expired', { at: `${at} iat` });
  }
}

/** @throws options_invalid for figures that make no sense */
export function requireClaimRules(rules: ClaimRules): void {
  const { maxAgeSeconds, clockToleranceSeconds } = rules;
  const isSound = (value: number | undefined, least: number) =>
    value === undefined || (Number.isInteger(value) && value >= least && value <= 31_536_000);
  if (!isSound(maxAgeSeconds, 1)) {
    throw new WebhookError('options_invalid', {
      at: 'scheme.claims.maxAgeSeconds',
      hint: 'It takes whole seconds from 1.',
    });
  }
  if (!isSound(clockToleranceSeconds, 0)) {
    throw new WebhookError('options_invalid', {
      at: 'scheme.claims.clockToleranceSeconds',
      hint: 'It takes whole seconds from 0.',
    });
  }
}

/** `iat` in milliseconds since 1970, or undefined. */
export function issuedAtOf(claims: Claims): number | undefined {
  return typeof claims.iat === 'number' && Number.isFinite(claims.iat) ? claims.iat * 1000 : undefined;
}

function isOneOf(value: unknown, wanted: string | readonly string[]): boolean {
  return typeof value === 'string' && (typeof wanted === 'string' ? value === wanted : wanted.includes(value));
}

/** A NumericDate (RFC 7519 section 2). JSON's 1e400 parses to Infinity, which would never expire. */
function instantOf(claims: Claims, name: string, refuse: (name: string) => WebhookError): number | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value > 0 && value < 1e12)) throw refuse(name);
  return value;
}
