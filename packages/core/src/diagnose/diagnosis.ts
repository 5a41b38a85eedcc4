/**
 * Finds out why a delivery does not verify: the receiver's error, changes that make the signature match, and signs of
 * other causes.
 */

import type { Delivery } from '../delivery/delivery.ts';
import { requirePublicUrl } from '../delivery/public-url.ts';
import { isWebhookError, type WebhookErrorCode } from '../errors.ts';
import type { SecretInput } from '../keys/secret.ts';
import { optionError, requireKnownNames, wholeNumber } from '../options/option-values.ts';
import type { Provider } from '../provider/provider.ts';
import { defaultToleranceSeconds, requireTolerance } from '../schemes/replay-window.ts';
import { type Cause, type Certainty, causeTable } from './causes.ts';
import { type FrameworkInUse, findFrameworkFix } from './framework-fixes.ts';
import { bytesOf, findRefusal, type GivenOptions, type Leniency, situationOf, withUsableSecrets } from './given.ts';
import { findLikelyCauses } from './likely-causes.ts';
import { explainRefusal, verifyAtItsTime } from './refusal-causes.ts';
import { findExplanation } from './search.ts';
import { createTrier } from './situation.ts';
import { type Finding, findTimeFault } from './time-causes.ts';

/** The other inputs of a diagnosis, and its limits. */
export interface DiagnoseOptions extends GivenOptions {
  /** Secrets configured elsewhere, for other endpoints or for test and live, by a name that may be shown. */
  readonly otherSecrets?: Readonly<Record<string, string | Uint8Array>>;
  /** Other presets to try with the same secrets. */
  readonly otherProviders?: readonly Provider[];
  /** Maximum number of verifications, 1 to 100 000. Default 1024. */
  readonly maxAttempts?: number;
  /**
   * Maximum time of the search, in milliseconds, 1 to 60 000. Default 250. Work that has begun is finished, including a
   * fetch of keys.
   */
  readonly maxMilliseconds?: number;
  /**
   * The facts of the adapter that made the delivery from a request; the fixes then name its own means: `facts` from
   * `@countersign/express/facts` and similar.
   */
  readonly framework?: FrameworkInUse;
}

/** The result. Contains no secret, signature or piece of the body, so it may be logged. */
export interface Diagnosis {
  /** `unexplained`: a forgery, or a cause that is not covered. */
  readonly verdict: 'verifies' | 'cause_found' | 'unexplained';
  /** The receiver's error for the delivery. */
  readonly error?: { readonly code: WebhookErrorCode; readonly at?: string; readonly hint?: string };
  /** The causes, sorted by what to fix first. Proved ones belong together: all of them must be fixed. */
  readonly causes: readonly Cause[];
  /** Number of verifications that were tried. */
  readonly attempts: number;
  /** True if a limit was reached before everything was tried. */
  readonly isExhausted: boolean;
}

const known = new Set([
  'keys',
  'toleranceSeconds',
  'publicUrl',
  'clock',
  'otherSecrets',
  'otherProviders',
  'maxAttempts',
  'maxMilliseconds',
  'framework',
]);

/**
 * Finds out why a genuine delivery does not verify.
 *
 * Takes the delivery as the app has it, damaged or not, and undoes one possible change at a time, then two, until the
 * provider's own scheme accepts it. That proves a cause. It needs the right secret, or a similar one: without it the
 * delivery looks like a forgery. Never call it while answering a request: it tries variants that a receiver must
 * refuse.
 *
 * @example
 * const { verdict, causes } = await diagnose({ body, headers }, github, secret, { otherSecrets: { staging } });
 *
 * @param secrets as for a receiver; undefined for a sender that is verified with public keys
 * @throws options_invalid, and nothing else, for invalid options
 */
export async function diagnose(
  delivery: Delivery,
  provider: Provider,
  secrets: SecretInput | undefined,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  requireKnownNames(options, known);
  return explainDelivery(delivery, provider, secrets, options, { ignoreTimestamp: false, allowWeakSecrets: false });
}

/** The work of {@link diagnose}, for a receiver that may have a check switched off. @throws options_invalid */
export async function explainDelivery(
  delivery: Delivery,
  provider: Provider,
  secrets: SecretInput | undefined,
  options: DiagnoseOptions,
  leniency: Leniency,
): Promise<Diagnosis> {
  const { framework, otherSecrets = {}, otherProviders = [] } = options;
  const isText = (fix: unknown) => typeof fix === 'string';
  if (framework !== undefined && !(isText(framework?.fixes?.body) && isText(framework.fixes.url)))
    throw optionError('framework', 'Expected the facts of an adapter, such as those from @countersign/express/facts.');
  const publicUrl = requirePublicUrl(options.publicUrl);
  const limits = {
    maxAttempts: wholeNumber('maxAttempts', options.maxAttempts, 1, 100_000, 1024),
    maxMilliseconds: wholeNumber('maxMilliseconds', options.maxMilliseconds, 1, 60_000, 250),
  };
  const refusal = await findRefusal(delivery, provider, secrets, options, leniency);
  if (refusal === undefined) return { verdict: 'verifies', causes: [], attempts: 1, isExhausted: false };
  const toleranceSeconds = requireTolerance(
    options.toleranceSeconds ?? provider.toleranceSeconds ?? defaultToleranceSeconds,
    'toleranceSeconds',
  );
  const anyTime = { past: Number.POSITIVE_INFINITY, future: Number.POSITIVE_INFINITY };
  const windowSeconds = leniency.ignoreTimestamp ? anyTime : toleranceSeconds;
  const trier = createTrier({ ...limits, toleranceSeconds, publicUrl });
  const conclude = (certainty: Certainty, findings: readonly Finding[]): Diagnosis => ({
    verdict: findings.length === 0 ? 'unexplained' : 'cause_found',
    error: { code: refusal.code, ...(refusal.at === undefined ? {} : { at: refusal.at }), hint: refusal.hint },
    causes: findings.map((finding) => causeOf(finding, certainty, framework)),
    attempts: trier.attempts + 1,
    isExhausted: trier.isExhausted,
  });

  const body = bytesOf(delivery.body);
  const isRaw = refusal.code !== 'body_not_raw';
  if (body === undefined) return conclude('likely', [{ code: 'body_not_raw', at: refusal.at }]);
  const given = await situationOf(delivery, body, provider, secrets, options);
  const base = await withUsableSecrets(given, trier);
  const first = await verifyAtItsTime(base, trier);
  if (!isWebhookError(first)) return conclude('proved', explainRefusal(refusal, first, base, windowSeconds));
  if (first.code === 'key_unavailable') return conclude('likely', [{ code: 'key_unavailable', at: first.at }]);

  const found = await findExplanation(base, first, { otherSecrets, otherProviders, publicUrl }, trier);
  if (found === undefined) return conclude('likely', findLikelyCauses(given, refusal, first));
  const findings = found.variants
    .filter(({ kind }) => isRaw || kind !== 'body')
    .flatMap(({ codes, at, what }) =>
      codes.map((code, index): Finding => (index === codes.length - 1 ? { code, at, what } : { code, at })),
    );
  const time = findTimeFault(found.proof, found.situation, windowSeconds);
  return conclude('proved', [
    ...(isRaw ? [] : [{ code: 'body_not_raw' as const, at: refusal.at }]),
    ...findings,
    ...(time === undefined || findings.some(({ code }) => code === time.code) ? [] : [time]),
  ]);
}

function causeOf({ code, at, what, fix }: Finding, certainty: Certainty, framework: FrameworkInUse | undefined): Cause {
  const row = causeTable[code];
  return {
    code,
    what: what ?? row.what,
    fix: fix ?? findFrameworkFix(code, framework) ?? row.fix,
    ...(at === undefined ? {} : { at }),
    certainty,
  };
}
