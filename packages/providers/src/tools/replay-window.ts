/** The accepted age of a delivery, in figures for tools and in words for people. */

import type { Provider } from '@countersign/core';
import { describeScheme } from '@countersign/core/describe';

/** Maximum distance of the signed timestamp from now on each side, in seconds. */
export interface WindowSeconds {
  readonly past: number;
  readonly future: number;
}

/** The receiver's default if neither provider nor user sets a figure. */
const defaultToleranceSeconds = 300;

/**
 * Returns both sides of the window that the signed timestamp must be in.
 *
 * Undefined if no timestamp is signed, and for tokens: their own claims limit their age.
 */
export function windowOf({ scheme, toleranceSeconds = defaultToleranceSeconds }: Provider): WindowSeconds | undefined {
  if (!scheme.signed.timestamp || scheme.kind === 'jwt') return undefined;
  return typeof toleranceSeconds === 'number' ? { past: toleranceSeconds, future: toleranceSeconds } : toleranceSeconds;
}

/** Returns the maximum age of a token by its `iat`, in seconds; undefined for other schemes and if no rule sets it. */
export function tokenMaxAgeOf({ scheme }: Provider): number | undefined {
  return describeScheme(scheme).maxAgeSeconds;
}

/** Returns the window in words: `300 s`, or with a figure for each side. */
export function windowText(provider: Provider): string {
  const window = windowOf(provider);
  const maxAge = tokenMaxAgeOf(provider);
  if (maxAge !== undefined) return `${durationText(maxAge)} from the time in the token`;
  if (window === undefined)
    return provider.scheme.signed.timestamp ? 'until the token expires' : 'none: no timestamp is signed';
  const { past, future } = window;
  const figures =
    past === future ? durationText(past) : `${durationText(past)} in the past, ${durationText(future)} in the future`;
  return provider.toleranceSeconds === undefined ? `${figures} (default; no figure is known)` : figures;
}

/** Returns how long a captured delivery can be replayed, as the end of a sentence. */
export function replayableText(provider: Provider): string {
  const maxAge = tokenMaxAgeOf(provider);
  if (maxAge !== undefined) return `for ${durationText(maxAge)}`;
  const window = windowOf(provider);
  if (window !== undefined) return `for ${durationText(window.past)}`;
  return provider.scheme.signed.timestamp ? 'until the token expires' : 'at any time, because no timestamp is signed';
}

/** Returns `300 s`, `8 h`, `7 days`: the largest unit that gives a whole number, from two hours on. */
export function durationText(seconds: number): string {
  if (seconds >= 86_400 && seconds % 86_400 === 0) return seconds === 86_400 ? '1 day' : `${seconds / 86_400} days`;
  return seconds >= 7200 && seconds % 3600 === 0 ? `${seconds / 3600} h` : `${seconds} s`;
}
