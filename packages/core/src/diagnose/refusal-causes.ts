/** Causes for a refusal although the signature matches unchanged. */

import { isWebhookError, type WebhookError } from '../errors.ts';
import type { ReplayTolerance } from '../schemes/replay-window.ts';
import type { Proof } from '../schemes/scheme.ts';
import { secretFault } from './likely-causes.ts';
import type { Situation, Trier } from './situation.ts';
import { type Finding, findTimeFault, tokenTimes } from './time-causes.ts';

/** Verifies unchanged; an expired token at its own time. */
export async function verifyAtItsTime(base: Situation, trier: Trier): Promise<Proof | WebhookError> {
  const first = await trier.verify(base);
  if (!isWebhookError(first) || base.provider.scheme.kind !== 'jwt') return first;
  if (first.code !== 'token_expired' && first.code !== 'token_invalid') return first;
  for (const now of tokenTimes(base)) {
    const result = await trier.verify({ ...base, now });
    if (!isWebhookError(result)) return result;
  }
  return first;
}

/** The reason why a receiver refuses a delivery that the scheme proves. */
export function explainRefusal(
  refusal: WebhookError,
  proof: Proof,
  base: Situation,
  toleranceSeconds: ReplayTolerance,
): readonly Finding[] {
  const { code, at, hint } = refusal;
  const time = findTimeFault(proof, base, toleranceSeconds);
  const late = time === undefined ? [] : [time];
  switch (code) {
    case 'secret_invalid':
      return [secretFault(base, at, hint), ...late];
    case 'body_not_raw':
      return [{ code, at }, ...late];
    case 'body_incomplete':
      return [{ code: 'body_truncated', at }, ...late];
    case 'encoding_unsupported':
      return [{ code: 'content_encoding', at: 'content-encoding' }, ...late];
    case 'method_unsupported':
      return [{ code: 'method' }, ...late];
    case 'token_expired':
      return [{ code: 'timestamp_too_old', at }];
    case 'token_invalid':
      return [{ code: 'timestamp_too_new', at }];
    default:
      return late;
  }
}
