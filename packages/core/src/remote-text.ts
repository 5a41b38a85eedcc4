/** Fetches small texts such as key sets and certificates: https, no redirect, bounded in size and time. */

import { WebhookError } from './errors.ts';

/** Bounds of one fetch. */
export interface FetchBounds {
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutSeconds: number;
  readonly maxBytes: number;
  readonly accept: string;
}

/** An answer that is no success; the status tells whether it may heal. */
export class UnexpectedStatus extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`answered ${status}`);
    this.status = status;
  }
}

/** The text at an address. Rejects for anything but 200, for a redirect, and beyond the bounds. */
export async function fetchText(url: string, bounds: FetchBounds): Promise<string> {
  const { fetch, timeoutSeconds, maxBytes, accept } = bounds;
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  const response = await fetch(url, { redirect: 'manual', signal, headers: { accept } });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new UnexpectedStatus(response.status);
  }
  const reader = response.body?.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let length = 0;
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > maxBytes || signal.aborted) {
      await reader.cancel();
      throw new Error('is too large or too slow');
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

/** @throws options_invalid where an address is not https, or is one inside a private network */
export function requireRemoteUrl(url: unknown, allowInsecure: boolean, at: string): string {
  const refuse = (hint: string) => new WebhookError('options_invalid', { at, hint });
  let parsed: URL;
  try {
    parsed = new URL(url as string);
  } catch {
    throw refuse('It is no URL.');
  }
  if (parsed.username !== '' || parsed.password !== '') throw refuse('It must not hold a name or password.');
  if (allowInsecure && /^https?:$/.test(parsed.protocol)) return url as string;
  if (parsed.protocol !== 'https:') throw refuse('It has to start with https:.');
  if (isPrivateHost(parsed.hostname)) {
    throw refuse(
      'It is an address of this machine or of a private network. For tests, set dangerouslyAllowInsecureUrl: true.',
    );
  }
  return url as string;
}

/** Loopback, link-local and private ranges (RFC 6890) and names that only resolve inside. No name is looked up. */
function isPrivateHost(host: string): boolean {
  if (host.startsWith('[')) {
    return /^\[(?:::1?|f[cd][0-9a-f]*:.*|fe[89ab][0-9a-f]*:.*|::ffff:.*|64:ff9b:.*)\]$/i.test(host);
  }
  if (/^(?:.*\.)?(?:localhost|local|internal|home\.arpa)\.?$/i.test(host) || !host.includes('.')) return true;
  return /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/.test(
    host,
  );
}
