/** Says why a delivery does not verify: what the receiver says, what would make it right, what it shows signs of. */

import type { Delivery } from '../delivery/delivery.ts';
import { requirePublicUrl } from '../delivery/public-url.ts';
import { isWebhookError, type WebhookErrorCode } from '../errors.ts';
import type { SecretInput } from '../keys/secret.ts';
import { refuseOption, requireKnownNames, wholeNumber } from '../options/option-values.ts';
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

/** What a diagnosis may look at beside the delivery, and how long it may take. */
export interface DiagnoseOptions extends GivenOptions {
  /** Secrets that are configured elsewhere, for other endpoints or for test and live, by a name that may be shown. */
  readonly otherSecrets?: Readonly<Record<string, string | Uint8Array>>;
  /** Other presets to try with the same secrets. */
  readonly otherProviders?: readonly Provider[];
  /** Most verifications tried, 1 to 100 000. Default 1024. */
  readonly maxAttempts?: number;
  /** Longest time spent trying, 1 to 60 000. Default 250. What has begun is finished, a fetch of keys among it. */
  readonly maxMilliseconds?: number;
  /** What turned the request into the delivery; the fixes then name its own means: `facts` of `@countersign/express/facts` and its like. */
  readonly framework?: FrameworkInUse;
}

/** What was found. Holds no secret, signature or piece of a body, so it may be logged as it is. */
export interface Diagnosis {
  /** `unexplained`: a forgery, or something that was not thought of. */
  readonly verdict: 'verifies' | 'cause_found' | 'unexplained';
  /** What a receiver says of the delivery. */
  readonly error?: { readonly code: WebhookErrorCode; readonly at?: string; readonly hint?: string };
  /** The causes, the first one first to be mended. Proved ones belong together: all of them have to be undone. */
  readonly causes: readonly Cause[];
  /** How many verifications were tried. */
  readonly attempts: number;
  /** Whether a limit was reached before everything was tried. */
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
 * Takes the delivery as the app has it, damaged or not, and undoes one thing at a time, then two, until the provider's own
 * scheme accepts it. A cause is `proved` by that. It needs the right secret, or one near to it: without that nothing can be
 * told from a forgery. Never call it while answering a request: it tries what a receiver must refuse.
 *
 * @param secrets as for a receiver; undefined for a sender that is verified by public keys
 * @throws options_invalid, and nothing else, when an option makes no sense
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

/** What {@link diagnose} does, for a receiver that may have been told to leave out a check. @throws options_invalid */
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
    throw refuseOption('framework', 'Expected the facts of an adapter, such as those of @countersign/express/facts.');
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
