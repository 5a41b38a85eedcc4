/** Checks the claims of a token, including its age. */

import { valueAt } from '../delivery/value-path.ts';
import { WebhookError } from '../errors.ts';
import type { ClaimRules } from '../schemes/jwt-description.ts';

type Claims = Readonly<Record<string, unknown>>;

/**
 * Checks the claims of a verified token.
 *
 * @param publicUrl the URL that the sender posted to; undefined if the receiver does not know it
 * @throws token_invalid, token_expired
 */
export function checkClaims(
  claims: Claims,
  rules: ClaimRules,
  nowMilliseconds: number,
  at: string,
  publicUrl: (() => string) | undefined,
): void {
  const refuse = (name: string, hint?: string) =>
    new WebhookError('token_invalid', hint === undefined ? { at: `${at} ${name}` } : { at: `${at} ${name}`, hint });
  if (rules.issuer !== undefined && !isOneOf(claims.iss, rules.issuer)) throw refuse('iss');
  if (rules.subject !== undefined && !isOneOf(claims.sub, rules.subject)) throw refuse('sub');
  const { audience, custom } = rules;
  const audiences: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (typeof audience === 'object' && 'publicUrl' in audience) {
    if (publicUrl !== undefined && !namesUrl(audiences, publicUrl())) {
      throw refuse(
        'aud',
        'The token is for another URL than that of this endpoint. Compare the option publicUrl, and the path of the route, with the URL entered at the sender.',
      );
    }
  } else if (audience !== undefined && !audiences.some((value) => isOneOf(value, audience))) throw refuse('aud');
  for (const [name, wanted] of Object.entries(rules.equals ?? {})) {
    const given = Object.hasOwn(claims, name) ? claims[name] : valueAt(claims, name);
    if (![wanted].flat().includes(given as string | number | boolean)) throw refuse(name);
  }
  const problem = custom?.findProblem(claims);
  if (problem !== undefined) throw refuse(problem, custom?.name);
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

/** @throws options_invalid for numbers out of range */
export function requireClaimRules(rules: ClaimRules): void {
  const { maxAgeSeconds, clockToleranceSeconds } = rules;
  const isSound = (value: number | undefined, least: number) =>
    value === undefined || (Number.isInteger(value) && value >= least && value <= 31_536_000);
  if (!isSound(maxAgeSeconds, 1)) {
    throw new WebhookError('options_invalid', {
      at: 'scheme.claims.maxAgeSeconds',
      hint: 'Expected whole seconds from 1 to 31 536 000.',
    });
  }
  if (!isSound(clockToleranceSeconds, 0)) {
    throw new WebhookError('options_invalid', {
      at: 'scheme.claims.clockToleranceSeconds',
      hint: 'Expected whole seconds from 0 to 31 536 000.',
    });
  }
}

/** `iat` in milliseconds since 1970, or undefined. */
export function issuedAtOf(claims: Claims): number | undefined {
  return typeof claims.iat === 'number' && Number.isFinite(claims.iat) ? claims.iat * 1000 : undefined;
}

/** True if one of the audiences is the URL: compared as parsed, with its query or without. */
function namesUrl(audiences: readonly unknown[], url: string): boolean {
  const wanted = parseUrl(url);
  if (wanted === undefined) return false;
  const withoutQuery = wanted.href.slice(0, wanted.href.length - wanted.search.length);
  return audiences.some((value) => {
    const given = typeof value === 'string' ? parseUrl(value)?.href : undefined;
    return given !== undefined && (given === wanted.href || given === withoutQuery);
  });
}

function parseUrl(text: string): URL | undefined {
  try {
    const url = new URL(text);
    url.hash = '';
    return url;
  } catch {
    return undefined;
  }
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
