/** Keys from certificates that a delivery names by URL: from trusted hosts alone, checked, kept, and fetched seldom. */

import { checkSpki } from '../crypto/public-key-info.ts';
import type { PublicKey, SignatureAlgorithm } from '../crypto/signature-algorithm.ts';
import { type Certificate, findChainProblem, hasName, parseCertificates } from '../crypto/x509.ts';
import { type Delivery, parseJson } from '../delivery.ts';
import { WebhookError } from '../errors.ts';
import { requireHeader } from '../header-fields.ts';
import { fetchText, UnexpectedStatus } from '../remote-text.ts';
import { textOf, valueAt } from '../value-path.ts';
import { importKey } from './inline-keys.ts';
import type { MatcherSource, NamedMatcher } from './signature-scheme.ts';

/** Where a delivery names the certificate of its sender, and what is believed of it. */
export interface CertificateSource {
  /** Where the URL stands. */
  readonly url: { readonly header: string } | { readonly json: string };
  /**
   * The hosts a certificate may come from, such as `sns.*.amazonaws.com`; `*` stands for one label. The URL has to be
   * https, without port, name and fragment.
   */
  readonly hosts: readonly [string, ...string[]];
  /** What the path has to end with, such as `.pem`. */
  readonly pathEnd?: string;
  /** Names one of which the certificate has to be made for; `*.example.com` stands for one label before example.com. */
  readonly names?: readonly string[];
  /** Trusted certificates as PEM, to one of which the fetched chain has to lead. Without them, trust rests on https and the hosts. */
  readonly roots?: string;
  /** Used in place of the global fetch. */
  readonly fetch?: typeof globalThis.fetch;
  /** Longest time for one fetch. Default 5 s. */
  readonly timeoutSeconds?: number;
  /** How long a certificate is kept before it is fetched anew. Default 86 400 s. */
  readonly maxAgeSeconds?: number;
  /** Allows http and a port, for tests. */
  readonly dangerouslyAllowInsecureUrl?: boolean;
}

/** Largest file, most files kept, and most fetches a minute: whoever posts may name any path on a trusted host. */
const maxFileBytes = 65_536;
const maxKept = 32;
const maxFetchesPerMinute = 12;
/** How long a refusal or failure of one URL is remembered. */
const failureSeconds = 30;

interface Kept {
  readonly until: number;
  readonly found: Promise<{ certificates: readonly Certificate[]; key: PublicKey }>;
}

/** @throws options_invalid for hosts that trust everybody, or roots that cannot be read */
export function createCertificateSource(source: CertificateSource, algorithm: SignatureAlgorithm): MatcherSource {
  const hosts = requireHosts(source);
  const roots = source.roots === undefined ? undefined : parseCertificates(source.roots);
  if (source.roots !== undefined && roots === undefined) {
    throw new WebhookError('options_invalid', {
      at: 'scheme.certificate.roots',
      hint: 'They are no PEM certificates.',
    });
  }
  const kept = new Map<string, Kept>();
  let fetchedAt: number[] = [];

  const load = (url: string, now: number): Kept['found'] => {
    const known = kept.get(url);
    if (known !== undefined && now < known.until) return known.found;
    fetchedAt = fetchedAt.filter((instant) => now - instant < 60_000);
    if (fetchedAt.length >= maxFetchesPerMinute) {
      throw new WebhookError('key_unavailable', { at: 'certificate', retryAfterSeconds: 60 });
    }
    fetchedAt.push(now);
    const found = loadCertificate(url, source, algorithm);
    const keep = (seconds: number) => kept.set(url, { until: now + seconds * 1000, found });
    kept.delete(url);
    keep(source.maxAgeSeconds ?? 86_400);
    found.catch(() => keep(failureSeconds));
    if (kept.size > maxKept) kept.delete(kept.keys().next().value as string);
    return found;
  };

  return async (now, delivery): Promise<readonly NamedMatcher[]> => {
    const url = requireTrustedUrl(urlOf(source.url, delivery), hosts, source);
    const { certificates, key } = await load(url, now);
    const [leaf] = certificates as readonly [Certificate, ...Certificate[]];
    const refuse = (hint: string) => new WebhookError('key_unknown', { at: 'certificate', hint });
    if (now < leaf.notBefore || now > leaf.notAfter) throw refuse('The certificate is not valid at this time.');
    if (source.names !== undefined && !hasName(leaf, source.names)) throw refuse('The certificate has another name.');
    if (roots !== undefined) {
      const problem = await findChainProblem(certificates, roots, now, (rule, spki) =>
        importKey(rule, spki, 'certificate'),
      );
      if (problem !== undefined) throw refuse(problem);
    }
    return [{ id: leaf.names[0] ?? 'certificate', key }];
  };
}

async function loadCertificate(
  url: string,
  { fetch = globalThis.fetch, timeoutSeconds = 5 }: CertificateSource,
  algorithm: SignatureAlgorithm,
): Promise<{ certificates: readonly Certificate[]; key: PublicKey }> {
  const at = 'certificate';
  let text: string;
  try {
    text = await fetchText(url, {
      fetch,
      timeoutSeconds,
      maxBytes: maxFileBytes,
      accept: 'application/x-pem-file, */*',
    });
  } catch (cause) {
    // A file that is not there names no key of the sender's; everything else may heal.
    const isAbsent =
      cause instanceof UnexpectedStatus && cause.status >= 400 && cause.status < 500 && cause.status !== 429;
    if (isAbsent) throw new WebhookError('key_unknown', { at, hint: 'There is no certificate at the URL it names.' });
    throw new WebhookError('key_unavailable', { at, retryAfterSeconds: failureSeconds, cause });
  }
  const certificates = parseCertificates(text);
  const [leaf] = certificates ?? [];
  if (certificates === undefined || leaf === undefined) {
    throw new WebhookError('key_unavailable', {
      at,
      retryAfterSeconds: failureSeconds,
      hint: 'The URL gave no certificate.',
    });
  }
  const { spki, problem } = checkSpki(leaf.spki, algorithm);
  if (spki === undefined) throw new WebhookError('key_unknown', { at, hint: problem });
  return { certificates, key: await importKey(algorithm, spki, at) };
}

function urlOf(place: CertificateSource['url'], delivery: Delivery): string {
  if ('header' in place) return requireHeader(delivery.headers, place.header.toLowerCase());
  const url = textOf(valueAt(parseJson(delivery.body), place.json));
  if (url === undefined) throw new WebhookError('header_missing', { at: `body ${place.json}` });
  return url;
}

/** The URL comes from whoever posts: only what is on the list is ever asked. @throws key_unknown */
function requireTrustedUrl(
  text: string,
  hosts: readonly RegExp[],
  { pathEnd = '', dangerouslyAllowInsecureUrl = false }: CertificateSource,
): string {
  const refuse = () =>
    new WebhookError('key_unknown', { at: 'certificate', hint: 'Its URL is not one that is trusted.' });
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuse();
  }
  const isPlain = url.username === '' && url.password === '' && url.hash === '' && url.search === '';
  const isSecure =
    (url.protocol === 'https:' && url.port === '') || (dangerouslyAllowInsecureUrl && url.protocol === 'http:');
  const isTrusted = hosts.some((host) => host.test(url.hostname));
  if (!isPlain || !isSecure || !isTrusted || !url.pathname.endsWith(pathEnd)) throw refuse();
  return url.href;
}

function requireHosts({ hosts, dangerouslyAllowInsecureUrl }: CertificateSource): readonly RegExp[] {
  const isSound = (host: unknown) =>
    typeof host === 'string' && /^(?:[a-z0-9-]+|\*)(?:\.(?:[a-z0-9-]+|\*))*\.[a-z0-9-]+\.[a-z][a-z0-9-]*$/.test(host);
  const isTest = (host: unknown) => dangerouslyAllowInsecureUrl === true && host === '127.0.0.1';
  if (!Array.isArray(hosts) || hosts.length === 0 || !hosts.every((host) => isSound(host) || isTest(host))) {
    throw new WebhookError('options_invalid', {
      at: 'scheme.certificate.hosts',
      hint: 'It takes host names in lower case such as sns.*.amazonaws.com, of which the last two labels are given.',
    });
  }
  return hosts.map((host) => new RegExp(`^${host.replaceAll('.', '\\.').replaceAll('*', '[a-z0-9-]+')}$`));
}
