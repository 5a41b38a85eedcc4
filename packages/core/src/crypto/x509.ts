/** Reads X.509 certificates (RFC 5280) as far as senders' keys need them: key, names, validity, and issuer. */

import { decodeBase64, decodeUtf8 } from '../encoding.ts';
import { type DerElement, readBitString, readElements, readObjectIdentifier, readSequence, tags } from './der.ts';
import { type HostPattern, matchesHost } from './host-pattern.ts';
import { checkSpki } from './public-key-info.ts';
import type { CurveName, PublicKey, SignatureAlgorithm } from './signature-algorithm.ts';

/** A parsed certificate. Nothing in it is verified. */
export interface Certificate {
  /** The bytes that its issuer signed. */
  readonly signedPart: Uint8Array;
  readonly signature: Uint8Array;
  readonly algorithmOid: string;
  /** Names in DER. Compared byte for byte, as issuers copy them. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly spki: Uint8Array;
  /** True if it may sign certificates: basicConstraints allows it, and keyUsage does not forbid it. */
  readonly isAuthority: boolean;
  /** Maximum number of further authorities below it. */
  readonly pathLength: number;
  /** DNS names, or the common name if there are none, in lower case. */
  readonly names: readonly string[];
  readonly extensionOids: ReadonlySet<string>;
  /** True if it has a critical extension that this reader does not support. */
  readonly hasUnknownCritical: boolean;
}

/** Maximum number of certificates in one text or chain. */
const maxCertificates = 8;
const understood = new Set(['2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.37']);
const commonNameOid = '2.5.4.3';

const rsaSignatures: Readonly<Record<string, 'SHA-256' | 'SHA-384' | 'SHA-512'>> = {
  '1.2.840.113549.1.1.11': 'SHA-256',
  '1.2.840.113549.1.1.12': 'SHA-384',
  '1.2.840.113549.1.1.13': 'SHA-512',
};
const ecdsaSignatures: Readonly<Record<string, 'SHA-256' | 'SHA-384' | 'SHA-512'>> = {
  '1.2.840.10045.4.3.2': 'SHA-256',
  '1.2.840.10045.4.3.3': 'SHA-384',
  '1.2.840.10045.4.3.4': 'SHA-512',
};

/** The certificates of a PEM text, in order; undefined if one cannot be parsed, or there are too many. */
export function parseCertificates(pem: string): readonly Certificate[] | undefined {
  const found = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)];
  if (found.length === 0 || found.length > maxCertificates) return undefined;
  const certificates: Certificate[] = [];
  for (const [, text = ''] of found) {
    const der = decodeBase64(text.replace(/\s/g, ''));
    const certificate = der === undefined ? undefined : parseCertificate(der);
    if (certificate === undefined) return undefined;
    certificates.push(certificate);
  }
  return certificates;
}

/** Parses one certificate in DER. */
export function parseCertificate(der: Uint8Array): Certificate | undefined {
  const [signedPart, algorithm, signatureBits, ...more] = readSequence(der) ?? [];
  const signature = readBitString(signatureBits);
  const algorithmOid = algorithm === undefined ? undefined : oidOf(algorithm);
  if (signedPart === undefined || signature === undefined || algorithmOid === undefined || more.length > 0)
    return undefined;
  const fields = [...(readSequence(signedPart.whole) ?? [])];
  // Version: tagged [0]. Without it the version is 1, which has no extensions and cannot be an authority.
  if (fields[0]?.tag === 0xa0) fields.shift();
  const [, innerAlgorithm, issuer, validity, subject, spki, ...rest] = fields;
  if (innerAlgorithm === undefined || issuer === undefined || validity === undefined) return undefined;
  if (subject === undefined || spki === undefined || oidOf(innerAlgorithm) !== algorithmOid) return undefined;
  const [notBefore, notAfter] = (readSequence(validity.whole) ?? []).map(instantOf);
  if (notBefore === undefined || notAfter === undefined) return undefined;
  const extensions = readExtensions(rest.find(({ tag }) => tag === 0xa3));
  if (extensions === undefined) return undefined;
  const basic = readBasicConstraints(extensions.get('2.5.29.19')?.value);
  const usage = extensions.get('2.5.29.15')?.value;
  const mayCertify = usage === undefined || (usageBits(usage) & 4) !== 0;
  const dnsNames = readDnsNames(extensions.get('2.5.29.17')?.value);
  return {
    signedPart: signedPart.whole,
    signature,
    algorithmOid,
    issuer: issuer.whole,
    subject: subject.whole,
    notBefore,
    notAfter,
    spki: spki.whole,
    isAuthority: basic.isAuthority && mayCertify,
    pathLength: basic.pathLength,
    names: dnsNames.length > 0 ? dnsNames : readCommonNames(subject.content),
    extensionOids: new Set(extensions.keys()),
    hasUnknownCritical: [...extensions].some(([oid, { isCritical }]) => isCritical && !understood.has(oid)),
  };
}

/** True if a certificate is for a name that matches one of the patterns, label by label. */
export function hasName({ names }: Certificate, wanted: readonly HostPattern[]): boolean {
  return names.some((name) => matchesHost(name, wanted));
}

/**
 * Follows a chain from its first certificate to a trusted one.
 *
 * Each must be valid at the time, each issuer must be an authority within its path length, each signature must match. The trusted
 * certificate is found by name and key, not by its position in the chain: some senders put another certificate with the same key there.
 *
 * @returns the reason why the chain is invalid, or undefined if it is valid
 */
export async function findChainProblem(
  chain: readonly Certificate[],
  trusted: readonly Certificate[],
  now: number,
  importKey: (algorithm: SignatureAlgorithm, spki: Uint8Array) => PublicKey | Promise<PublicKey>,
): Promise<string | undefined> {
  const [leaf, ...others] = chain.slice(0, maxCertificates);
  if (leaf === undefined) return 'The chain is empty.';
  let current = leaf;
  for (let below = 0; below < maxCertificates; below++) {
    if (now < current.notBefore || now > current.notAfter)
      return 'A certificate of the chain is not valid at this time.';
    if (current.hasUnknownCritical) return 'A certificate has a critical extension that is not known.';
    const anchor = await findIssuer(current, trusted, importKey);
    if (anchor !== undefined) {
      return now < anchor.notBefore || now > anchor.notAfter
        ? 'The trusted certificate is not valid at this time.'
        : undefined;
    }
    const issuer = await findIssuer(current, others, importKey);
    if (issuer === undefined || issuer === current) return 'The chain does not lead to a trusted certificate.';
    if (!issuer.isAuthority || issuer.pathLength < below)
      return 'A certificate was issued by one that may not issue any.';
    current = issuer;
  }
  return 'The chain is too long.';
}

async function findIssuer(
  certificate: Certificate,
  candidates: readonly Certificate[],
  importKey: (algorithm: SignatureAlgorithm, spki: Uint8Array) => PublicKey | Promise<PublicKey>,
): Promise<Certificate | undefined> {
  for (const candidate of candidates) {
    if (!isEqual(candidate.subject, certificate.issuer)) continue;
    const algorithm = algorithmOf(certificate.algorithmOid, candidate.spki);
    if (algorithm === undefined || checkSpki(candidate.spki, algorithm).spki === undefined) continue;
    try {
      const key = await importKey(algorithm, candidate.spki);
      if (await key.matches([certificate.signedPart], [certificate.signature])) return candidate;
    } catch {
      // A key that the runtime refuses has issued nothing.
    }
  }
  return undefined;
}

function algorithmOf(oid: string, spki: Uint8Array): SignatureAlgorithm | undefined {
  const rsaHash = rsaSignatures[oid];
  if (rsaHash !== undefined) return { name: 'RSASSA-PKCS1-v1_5', hash: rsaHash };
  const hash = ecdsaSignatures[oid];
  if (hash === undefined) return undefined;
  const curves: readonly CurveName[] = ['P-256', 'P-384', 'P-521'];
  return curves
    .map((namedCurve) => ({ name: 'ECDSA', namedCurve, hash, format: 'der' }) as const)
    .find((algorithm) => checkSpki(spki, algorithm).spki !== undefined);
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

function oidOf(sequence: DerElement): string | undefined {
  return readObjectIdentifier(readSequence(sequence.whole)?.[0]);
}

/** RFC 5280 section 4.1.2.5: UTCTime up to 2049, GeneralizedTime afterwards, both in seconds and UTC. */
function instantOf({ tag, content }: DerElement): number | undefined {
  const text = decodeUtf8(content) ?? '';
  const isShort = tag === tags.utcTime && /^\d{12}Z$/.test(text);
  if (!isShort && !(tag === tags.generalizedTime && /^\d{14}Z$/.test(text))) return undefined;
  const full = isShort ? (Number(text.slice(0, 2)) < 50 ? '20' : '19') + text : text;
  const instant = Date.parse(full.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  return Number.isNaN(instant) ? undefined : instant;
}

interface Extension {
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

function readExtensions(wrapper: DerElement | undefined): ReadonlyMap<string, Extension> | undefined {
  const extensions = new Map<string, Extension>();
  if (wrapper === undefined) return extensions;
  for (const entry of readSequence(wrapper.content) ?? []) {
    const parts = readSequence(entry.whole) ?? [];
    const oid = readObjectIdentifier(parts[0]);
    const value = parts.at(-1);
    if (oid === undefined || value?.tag !== tags.octetString || extensions.has(oid)) return undefined;
    extensions.set(oid, {
      isCritical: parts[1]?.tag === tags.boolean && parts[1].content[0] === 0xff,
      value: value.content,
    });
  }
  return extensions;
}

function readBasicConstraints(value: Uint8Array | undefined): { isAuthority: boolean; pathLength: number } {
  const parts = value === undefined ? [] : (readSequence(value) ?? []);
  const isAuthority = parts[0]?.tag === tags.boolean && parts[0].content[0] === 0xff;
  const length = parts[1]?.tag === tags.integer && parts[1].content.length === 1 ? parts[1].content[0] : undefined;
  return { isAuthority, pathLength: length ?? Number.POSITIVE_INFINITY };
}

/** The first byte of keyUsage; keyCertSign is bit 5, counted from the left (RFC 5280 section 4.2.1.3). */
function usageBits(value: Uint8Array): number {
  const [bits] = readElements(value) ?? [];
  return bits?.tag === tags.bitString ? (bits.content[1] ?? 0) : 0;
}

/** dNSName is [2] in GeneralNames. */
function readDnsNames(value: Uint8Array | undefined): readonly string[] {
  const names = value === undefined ? [] : (readSequence(value) ?? []);
  return names.filter(({ tag }) => tag === 0x82).map(({ content }) => (decodeUtf8(content) ?? '').toLowerCase());
}

function readCommonNames(subject: Uint8Array): readonly string[] {
  const names: string[] = [];
  for (const set of readElements(subject) ?? []) {
    for (const attribute of readElements(set.content) ?? []) {
      const [oid, text] = readSequence(attribute.whole) ?? [];
      if (readObjectIdentifier(oid) === commonNameOid && text !== undefined) {
        names.push((decodeUtf8(text.content) ?? '').toLowerCase());
      }
    }
  }
  return names;
}
