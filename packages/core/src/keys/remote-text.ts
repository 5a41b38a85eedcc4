/** Fetches short texts such as key sets and certificates: https only, no redirects, limited in size and time. */

import { WebhookError } from '../errors.ts';

/** Limits of one fetch. */
export interface FetchBounds {
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutSeconds: number;
  readonly maxBytes: number;
  readonly accept: string;
}

/** A response other than 200. Its status shows whether another try may succeed. */
export class UnexpectedStatus extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The response was ${status}.`);
    this.status = status;
  }
}

/**
 * The text at a URL.
 *
 * Settles in time whatever the fetch does: one that ignores its AbortSignal, or whose body never ends, is abandoned.
 *
 * @throws Error for any status except 200, for a redirect, and beyond the limits
 */
export async function fetchText(url: string, bounds: FetchBounds): Promise<string> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error('The response did not arrive in time.');
      reject(error);
      controller.abort(error);
    }, bounds.timeoutSeconds * 1000);
  });
  const text = readText(url, bounds, controller.signal);
  // An abandoned fetch may fail later; that must not count as an unhandled rejection.
  text.catch(() => undefined);
  try {
    return await Promise.race([text, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readText(url: string, bounds: FetchBounds, signal: AbortSignal): Promise<string> {
  const { fetch, maxBytes, accept } = bounds;
  const response = await fetch(url, { redirect: 'manual', signal, headers: { accept } });
  if (response.status !== 200) {
    cancelQuietly(response.body);
    throw new UnexpectedStatus(response.status);
  }
  const reader = response.body?.getReader();
  if (reader !== undefined) signal.addEventListener('abort', () => cancelQuietly(reader), { once: true });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let length = 0;
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    // An empty chunk counts too; otherwise a body of only empty chunks would never end.
    length += Math.max(1, value.byteLength);
    if (length > maxBytes || signal.aborted) {
      cancelQuietly(reader);
      throw new Error('The response is too large or too slow.');
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

/** Not awaited: a body that does not end may never settle this either. */
function cancelQuietly(body: { cancel(): Promise<void> } | null): void {
  try {
    body?.cancel().catch(() => undefined);
  } catch {
    // The rest of this response is not used.
  }
}

/** @throws options_invalid for a URL that is not https, or that leads into a private network */
export function requireRemoteUrl(url: unknown, allowInsecure: boolean, at: string): string {
  const refuse = (hint: string) => new WebhookError('options_invalid', { at, hint });
  let parsed: URL;
  try {
    parsed = new URL(url as string);
  } catch {
    throw refuse('Expected an absolute https URL.');
  }
  if (parsed.username !== '' || parsed.password !== '') throw refuse('Remove the name and password from the URL.');
  if (allowInsecure && /^https?:$/.test(parsed.protocol)) return url as string;
  if (parsed.protocol !== 'https:') throw refuse('Expected a URL that starts with https:.');
  if (isPrivateHost(parsed.hostname)) {
    throw refuse(
      'The URL leads to this machine or into a private network. For tests, set dangerouslyAllowInsecureUrl: true.',
    );
  }
  return url as string;
}

/** Loopback, link-local and private ranges (RFC 6890), and names that only resolve inside a network. Names are not resolved. */
function isPrivateHost(host: string): boolean {
  if (host.startsWith('[')) {
    return /^\[(?:::1?|f[cd][0-9a-f]*:.*|fe[89ab][0-9a-f]*:.*|::ffff:.*|64:ff9b:.*)\]$/i.test(host);
  }
  if (/^(?:.*\.)?(?:localhost|local|internal|home\.arpa)\.?$/i.test(host) || !host.includes('.')) return true;
  return /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/.test(
    host,
  );
}
