/** Keys from certificates that a delivery names by URL: only from trusted hosts, checked, cached, and fetched within a budget. */

import { type HostPattern, matchesHost, requireHostPatterns } from '../crypto/host-pattern.ts';
import { checkSpki } from '../crypto/public-key-info.ts';
import type { SignatureAlgorithm } from '../crypto/signature-algorithm.ts';
import { type Certificate, findChainProblem, hasName, parseCertificates } from '../crypto/x509.ts';
import { parseJson } from '../delivery/body.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { requireHeader } from '../delivery/header-fields.ts';
import { textOf, valueAt } from '../delivery/value-path.ts';
import { WebhookError } from '../errors.ts';
import { positiveSeconds } from '../options/option-values.ts';
import { type CertificateFailure, CertificateStore, type HeldCertificate } from './certificate-store.ts';
import { importKey } from './inline-keys.ts';
import type { MatcherSource, NamedMatcher } from './matcher.ts';
import { fetchText, UnexpectedStatus } from './remote-text.ts';

/** The place in a delivery that names the sender's certificate, and the rules for trusting one. */
export interface CertificateSource {
  /** The place of the URL. */
  readonly url: { readonly header: string } | { readonly json: string };
  /**
   * The hosts from which a certificate may come: names in lower case, or patterns such as
   * `{ before: 'sns.', label: 'aws_region', after: '.amazonaws.com' }`.
   *
   * The URL must be https, without port, user name, query and fragment, and at most 1,024 characters long. A pattern with `label: 'any'`
   * also needs `names` or `roots`: on most domains, strangers can get a host.
   *
   * @throws options_invalid for an empty list, for `*`, and for `label: 'any'` without `names` or `roots`
   */
  readonly hosts: readonly [HostPattern, ...HostPattern[]];
  /** The required end of the path, such as `.pem`. Default: none. */
  readonly pathEnd?: string;
  /**
   * Names of which the certificate must have one: its DNS names, or its common name if it has none. Names or patterns as in `hosts`.
   * Default: any name.
   *
   * @throws options_invalid for an empty list, and for `*`
   */
  readonly names?: readonly [HostPattern, ...HostPattern[]];
  /**
   * Trusted certificates as PEM; the fetched chain must lead to one of them. Default: none, and trust depends on https, `hosts` and
   * `names`.
   *
   * @throws options_invalid if they are not PEM certificates
   */
  readonly roots?: string;
  /** Used instead of the global fetch. */
  readonly fetch?: typeof globalThis.fetch;
  /** Maximum time for one fetch, in seconds. Above 0 and up to 60; default 5. @throws options_invalid */
  readonly timeoutSeconds?: number;
  /**
   * Time after which a certificate is fetched again, in seconds. Default 86,400. While the URL fails, a certificate that has verified a
   * delivery stays in use until it expires.
   *
   * @throws options_invalid
   */
  readonly maxAgeSeconds?: number;
  /** Allows http, a port, and 127.0.0.1, for tests. */
  readonly dangerouslyAllowInsecureUrl?: boolean;
}

/** Maximum size of the file in bytes, and maximum length of the URL in characters. */
const maxFileBytes = 65_536;
const maxUrlLength = 1024;

/** @throws options_invalid for hosts that trust everyone, names or roots that cannot be parsed, and numbers out of range */
export function createCertificateSource(source: CertificateSource, algorithm: SignatureAlgorithm): MatcherSource {
  const rules = readRules(source);
  const store = new CertificateStore({
    ...rules,
    read: (url) => readCertificate(url, source, rules.timeoutSeconds, algorithm),
    findProblem: (held, now) => findProblem(held, rules, now),
  });

  return async (now, delivery): Promise<readonly NamedMatcher[]> => {
    const url = requireTrustedUrl(urlOf(source.url, delivery), rules.hosts, source);
    const held = await store.find(url, now);
    const problem = await findProblem(held, rules, now);
    if (problem !== undefined) throw new WebhookError('key_unknown', { at: 'certificate', hint: problem });
    const prove = (isMatch: boolean) => {
      if (isMatch) store.prove(url, held, now);
      return isMatch;
    };
    const matcher: NamedMatcher['key'] = {
      matches(chunks, candidates) {
        const result = held.key.matches(chunks, candidates);
        return typeof result === 'boolean' ? prove(result) : result.then(prove);
      },
    };
    return [{ id: held.certificates[0].names[0] ?? 'certificate', key: matcher }];
  };
}

async function readCertificate(
  url: string,
  { fetch = globalThis.fetch }: CertificateSource,
  timeoutSeconds: number,
  algorithm: SignatureAlgorithm,
): Promise<HeldCertificate | CertificateFailure> {
  let text: string;
  try {
    text = await fetchText(url, {
      fetch,
      timeoutSeconds,
      maxBytes: maxFileBytes,
      accept: 'application/x-pem-file, */*',
    });
  } catch (cause) {
    // A missing file is not a key of the sender. Any other failure may be temporary.
    const isAbsent =
      cause instanceof UnexpectedStatus && cause.status >= 400 && cause.status < 500 && cause.status !== 429;
    return isAbsent
      ? { code: 'key_unknown', hint: 'There is no certificate at the URL that the delivery names.' }
      : {
          code: 'key_unavailable',
          hint: 'The certificate could not be fetched from the URL that the delivery names.',
          cause,
        };
  }
  const [leaf, ...others] = parseCertificates(text) ?? [];
  if (leaf === undefined) {
    return { code: 'key_unavailable', hint: 'The URL that the delivery names did not return a PEM certificate.' };
  }
  const { spki, problem } = checkSpki(leaf.spki, algorithm);
  if (spki === undefined) return { code: 'key_unknown', hint: problem };
  try {
    return { certificates: [leaf, ...others], key: await importKey(algorithm, spki, 'certificate') };
  } catch {
    return { code: 'key_unknown', hint: `The certificate has no key that can be used with ${algorithm.name}.` };
  }
}

/** The reason why a certificate may not be used at this time, or undefined. */
async function findProblem(
  { certificates }: HeldCertificate,
  { names, roots }: Rules,
  now: number,
): Promise<string | undefined> {
  const [leaf] = certificates;
  if (now < leaf.notBefore || now > leaf.notAfter) return 'The certificate is not valid at this time.';
  if (names !== undefined && !hasName(leaf, names)) return 'The certificate has another name.';
  if (roots === undefined) return undefined;
  return findChainProblem(certificates, roots, now, (rule, spki) => importKey(rule, spki, 'certificate'));
}

function urlOf(place: CertificateSource['url'], delivery: Delivery): string {
  if ('header' in place) return requireHeader(delivery.headers, place.header.toLowerCase());
  const url = textOf(valueAt(parseJson(delivery.body), place.json));
  if (url === undefined) throw new WebhookError('header_missing', { at: `body ${place.json}` });
  return url;
}

/** The URL comes from the request, so nothing is fetched from a host that is not on the list. @throws key_unknown */
function requireTrustedUrl(
  text: string,
  hosts: readonly HostPattern[],
  { pathEnd = '', dangerouslyAllowInsecureUrl = false }: CertificateSource,
): string {
  const refuse = () =>
    new WebhookError('key_unknown', { at: 'certificate', hint: 'The URL of the certificate is not a trusted one.' });
  if (text.length > maxUrlLength) throw refuse();
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuse();
  }
  const isPlain = url.username === '' && url.password === '' && url.hash === '' && url.search === '';
  const isSecure =
    (url.protocol === 'https:' && url.port === '') || (dangerouslyAllowInsecureUrl && url.protocol === 'http:');
  // Each file has only one spelling: with escapes or empty segments, a stranger could name it in many ways, each cached separately.
  const isCanonical = /^(?:\/[A-Za-z0-9._~-]+)+$/.test(url.pathname);
  if (!isPlain || !isSecure || !isCanonical || !matchesHost(url.hostname, hosts) || !url.pathname.endsWith(pathEnd))
    throw refuse();
  return url.href;
}

/** A checked description. */
interface Rules {
  readonly hosts: readonly HostPattern[];
  readonly names: readonly HostPattern[] | undefined;
  readonly roots: readonly Certificate[] | undefined;
  readonly timeoutSeconds: number;
  readonly maxAgeSeconds: number;
}

function readRules(source: CertificateSource): Rules {
  const at = 'scheme.certificate';
  const refuse = (name: string, hint: string) => new WebhookError('options_invalid', { at: `${at}.${name}`, hint });
  const isTest = (host: unknown) => source.dangerouslyAllowInsecureUrl === true && host === '127.0.0.1';
  const isOnlyTest = Array.isArray(source.hosts) && source.hosts.length > 0 && source.hosts.every(isTest);
  const hosts = isOnlyTest ? source.hosts : requireHostPatterns(source.hosts, `${at}.hosts`);
  const names = source.names === undefined ? undefined : requireHostPatterns(source.names, `${at}.names`);
  const roots = source.roots === undefined ? undefined : parseCertificates(source.roots);
  if (source.roots !== undefined && roots === undefined)
    throw refuse('roots', 'Expected PEM certificates (-----BEGIN CERTIFICATE-----).');
  const isOpen = hosts.some((host) => typeof host === 'object' && host.label === 'any');
  if (isOpen && names === undefined && roots === undefined) {
    throw refuse('hosts', "label: 'any' matches hosts of strangers. Give names or roots as well, or list the hosts.");
  }
  return {
    hosts,
    names,
    roots,
    timeoutSeconds: positiveSeconds(`${at}.timeoutSeconds`, source.timeoutSeconds, 60, 5),
    maxAgeSeconds: positiveSeconds(`${at}.maxAgeSeconds`, source.maxAgeSeconds, 31_536_000, 86_400),
  };
}
