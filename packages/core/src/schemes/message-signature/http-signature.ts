/** HTTP message signatures (RFC 9421): the required components, the key, and the freshness. */

import { crypto } from '#crypto';
import type { SignatureAlgorithm } from '../../crypto/signature-algorithm.ts';
import { isSignatureLength } from '../../crypto/signature-algorithm.ts';
import { type Delivery, type DeliveryHead, deliveryOf } from '../../delivery/delivery.ts';
import { joinedHeader } from '../../delivery/header-fields.ts';
import { createUrlReader } from '../../delivery/public-url.ts';
import { encodeUtf8 } from '../../encoding.ts';
import { WebhookError } from '../../errors.ts';
import { createKeyedSource } from '../../keys/keyed-source.ts';
import { type NamedMatcher, selectKeys } from '../../keys/matcher.ts';
import { createSecretSource } from '../../keys/secret-source.ts';
import { type Names, type OnlyNamesOf, requireNames } from '../../options/option-values.ts';
import { requireValue } from '../../options/value-rules.ts';
import { checkReplayWindow } from '../replay-window.ts';
import type { BoundScheme, Proof, Scheme, SchemeOptions } from '../scheme.ts';
import type { SignedParts } from '../signed-parts.ts';
import { checkContentDigest } from './content-digest.ts';
import type { HttpSignatureAlgorithm, HttpSignatureDescription } from './description.ts';
import { type Component, componentValue, isComponentName, requireComponent } from './message-components.ts';
import { type Member, parseDictionary } from './structured-fields.ts';

/** The algorithms of the IANA registry (RFC 9421 section 6.2), each as one of this package's. */
const algorithms = {
  'hmac-sha256': undefined,
  ed25519: { name: 'Ed25519' },
  'ecdsa-p256-sha256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256', format: 'p1363' },
  'ecdsa-p384-sha384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384', format: 'p1363' },
  'rsa-v1_5-sha256': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  'rsa-pss-sha512': { name: 'RSA-PSS', hash: 'SHA-512', saltLength: 64 },
} as const satisfies Record<HttpSignatureAlgorithm, SignatureAlgorithm | undefined>;

/** The material that a description needs. */
export type HttpSignatureMaterial<D extends HttpSignatureDescription> = D['algorithm'] extends 'hmac-sha256'
  ? 'secrets'
  : 'keys';

/** Maximum number of signatures checked per message. */
const maxSignatures = 4;

interface Candidate {
  readonly label: string;
  readonly covered: readonly Component[];
  readonly input: Member;
  readonly signature: Uint8Array;
  /** Milliseconds since 1970; undefined if the signature does not state it. */
  readonly createdAt: number | undefined;
  readonly keyId: string | undefined;
}

/**
 * Describes a sender that uses HTTP message signatures.
 *
 * The signature must cover the given components, be made by a known key, and have a `created` inside the replay window;
 * `expires` is checked. A covered Content-Digest is recomputed over the received bytes.
 *
 * @example
 * const scheme = httpSignature({ algorithm: 'ed25519', components: ['@method', '@target-uri', 'content-digest'] });
 *
 * @throws options_invalid for an unknown algorithm, without components, for an `id` that is not covered, and for
 *   `created: 'optional'` if nothing else limits replays
 * @see https://www.rfc-editor.org/rfc/rfc9421 and https://www.rfc-editor.org/rfc/rfc9530
 */
export function httpSignature<const D extends HttpSignatureDescription>(
  description: D & OnlyNamesOf<HttpSignatureDescription, D>,
): Scheme<HttpSignatureMaterial<D>, 'http_signature'> {
  requireNames(description, names, 'scheme', requireValue);
  const { algorithm, components } = description;
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at: `scheme.${at}`, hint });
  if (!Object.hasOwn(algorithms, algorithm))
    throw refuse('algorithm', `Expected ${Object.keys(algorithms).join(', ')}.`);
  const isSound = (name: unknown) =>
    typeof name === 'string' && /^@?[a-z0-9-]+$/.test(name) && isComponentName(name) && name !== '@query-param';
  if (!Array.isArray(components) || components.length === 0 || !components.every(isSound)) {
    throw refuse(
      'components',
      'Name the components that must be covered, such as @method, @target-uri and content-digest.',
    );
  }
  const { created = 'required', requires = [], id } = description;
  if (id !== undefined && !components.includes(idHeaderOf(id))) {
    throw refuse('id', 'Add its header to components: an id that is not covered by the signature could be exchanged.');
  }
  if (!['required', 'optional'].includes(created)) throw refuse('created', "Expected 'required' or 'optional'.");
  if (!Array.isArray(requires) || !requires.every((name) => name === 'nonce' || name === 'keyid'))
    throw refuse('requires', "Expected a list of 'nonce' and 'keyid'.");
  if (created === 'optional' && !requires.includes('nonce') && id === undefined) {
    throw refuse(
      'created',
      "With 'optional', add requires: ['nonce'] or id: { header }: without a timestamp, nothing else limits replays.",
    );
  }
  const signed = Object.freeze({
    body: components.includes('content-digest'),
    id: id !== undefined,
    timestamp: created === 'required',
  });
  return {
    kind: 'http_signature',
    material: (algorithm === 'hmac-sha256' ? 'secrets' : 'keys') as HttpSignatureMaterial<D>,
    signed,
    isTimeOptional: created === 'optional',
    description,
    bind: (options) => bindHttpSignature(description, signed, options),
  };
}

const names = {
  algorithm: null,
  components: null,
  label: null,
  tag: null,
  created: null,
  requires: null,
  id: { header: null },
} as const satisfies Record<keyof HttpSignatureDescription, Names | null>;

function bindHttpSignature(
  description: HttpSignatureDescription,
  signed: SignedParts,
  options: SchemeOptions,
): BoundScheme {
  const urlOf = createUrlReader(options);
  const algorithm: SignatureAlgorithm | undefined = algorithms[description.algorithm];
  const secrets =
    algorithm === undefined && options.secrets !== undefined
      ? createSecretSource(options.secrets, { minBytes: 32 }, options.allowWeakSecrets, (bytes) =>
          crypto.createMacKey('SHA-256', bytes),
        )
      : undefined;
  if (algorithm === undefined && secrets === undefined) {
    throw new WebhookError('secret_invalid', { at: 'secrets', hint: 'This scheme needs the shared secret.' });
  }
  const findPublicKeys = algorithm === undefined ? undefined : createKeyedSource(options.keys, algorithm);
  const findKeys = async (
    keyId: string | undefined,
    now: number,
    delivery: Delivery,
  ): Promise<readonly NamedMatcher[]> => {
    if (findPublicKeys !== undefined) return findPublicKeys(keyId, now, delivery);
    return selectKeys((await secrets?.active(now, delivery)) ?? [], keyId);
  };
  const isLength = (bytes: number) => (algorithm === undefined ? bytes === 32 : isSignatureLength(algorithm, bytes));
  const read = (head: DeliveryHead, now: number) => {
    const candidates = readCandidates(description, head, isLength);
    const fresh = candidates.filter((candidate) => options.ignoreTimestamp || isFresh(candidate, now, options));
    const [only] = candidates;
    // With one signature, its own reason is reported.
    if (fresh.length === 0 && only !== undefined) checkFreshness(only, now, options);
    return fresh;
  };

  return {
    fixedSecrets: secrets?.fixed ?? [],
    open(head, now) {
      const candidates = read(head, now);
      return { verify: async (body) => prove(candidates, deliveryOf(head, body), now) };
    },
  };

  async function prove(candidates: readonly Candidate[], delivery: Delivery, now: number): Promise<Proof> {
    let refusal: unknown = new WebhookError('signature_mismatch', { at: 'signature' });
    for (const candidate of candidates) {
      try {
        const keys = await findKeys(candidate.keyId, now, delivery);
        const base = signatureBase(candidate, delivery, () => urlOf(delivery));
        let matched: NamedMatcher | undefined;
        for (const key of keys) if (await key.key.matches([base], [candidate.signature])) matched ??= key;
        if (matched === undefined) continue;
        if (candidate.covered.some(({ name }) => name === 'content-digest')) {
          await checkContentDigest(joinedHeader(delivery.headers, 'content-digest') ?? '', delivery.body);
        }
        const headerValues = coveredFields(candidate, delivery);
        return {
          secretId: matched.id,
          tenant: matched.tenant,
          marks: matched.marks,
          headers: new Set(headerValues.keys()),
          headerValues,
          strict: strictContent(candidate, delivery, () => urlOf(delivery)),
          signedUrl: coveredUrl(candidate, delivery, () => urlOf(delivery)),
          signedAt: candidate.createdAt,
          id: signedIdOf(description, delivery),
          signed: { ...signed, timestamp: candidate.createdAt !== undefined },
        };
      } catch (error) {
        // An outage outweighs the errors of other signatures: the sender must retry.
        if (!(refusal instanceof WebhookError && refusal.code === 'key_unavailable')) refusal = error;
      }
    }
    throw refusal;
  }
}

function readCandidates(
  description: HttpSignatureDescription,
  { headers }: DeliveryHead,
  isLength: (bytes: number) => boolean,
): readonly Candidate[] {
  const [inputText, signatureText] = ['signature-input', 'signature'].map((at) => {
    const text = joinedHeader(headers, at);
    if (text === undefined) throw new WebhookError('header_missing', { at });
    return text;
  }) as [string, string];
  const inputs = parseDictionary(inputText);
  const signatures = parseDictionary(signatureText);
  if (inputs === undefined || signatures === undefined) {
    throw new WebhookError('header_malformed', { at: inputs === undefined ? 'signature-input' : 'signature' });
  }
  const wanted = [...inputs].filter(([label, { parameters }]) => {
    const isLabel = description.label === undefined || label === description.label;
    return isLabel && (description.tag === undefined || parameters.values.get('tag') === description.tag);
  });
  if (wanted.length === 0 || wanted.length > maxSignatures) {
    const hint =
      wanted.length === 0 ? 'No signature has the label and tag of this sender.' : 'It has too many signatures.';
    throw new WebhookError('header_malformed', { at: 'signature-input', hint });
  }
  const candidates: Candidate[] = [];
  let refusal: unknown;
  for (const [label, input] of wanted) {
    try {
      candidates.push(requireCandidate(description, label, input, signatures.get(label)?.item, isLength));
    } catch (error) {
      refusal ??= error;
    }
  }
  if (candidates.length === 0) throw refusal;
  return candidates;
}

function requireCandidate(
  description: HttpSignatureDescription,
  label: string,
  input: Member,
  signature: unknown,
  isLength: (bytes: number) => boolean,
): Candidate {
  const at = 'signature-input';
  const refuse = (hint: string) => new WebhookError('header_malformed', { at, hint });
  if (!(signature instanceof Uint8Array) || !isLength(signature.length)) {
    throw new WebhookError('header_malformed', { at: 'signature' });
  }
  const covered = (input.list ?? []).map((item) => requireComponent(item, at));
  if (new Set(covered.map(({ text }) => text)).size !== covered.length) throw refuse('It covers a component twice.');
  const missing = description.components.filter((wanted) => !covered.some(({ name }) => name === wanted));
  if (missing.length > 0) throw refuse(`It does not cover ${missing.join(', ')}.`);
  const { values } = input.parameters;
  const [alg, created, keyId, nonce] = ['alg', 'created', 'keyid', 'nonce'].map((name) => values.get(name));
  if (alg !== undefined && alg !== description.algorithm) throw refuse('It names another algorithm.');
  const { requires = [] } = description;
  const isTimeless = created === undefined && description.created === 'optional';
  if (!isTimeless && (typeof created !== 'number' || !(created > 0))) throw refuse('It has no created.');
  if (keyId !== undefined ? typeof keyId !== 'string' : requires.includes('keyid')) throw refuse('It has no keyid.');
  if (nonce !== undefined ? typeof nonce !== 'string' : requires.includes('nonce')) throw refuse('It has no nonce.');
  const createdAt = typeof created === 'number' ? created * 1000 : undefined;
  return { label, covered, input, signature, createdAt, keyId: keyId as string | undefined };
}

function checkFreshness({ createdAt, input }: Candidate, now: number, options: SchemeOptions): void {
  const at = 'signature-input created';
  if (createdAt !== undefined) checkReplayWindow(createdAt, now, options.toleranceSeconds, 'seconds', at);
  const expires = input.parameters.values.get('expires');
  if (expires === undefined) return;
  if (typeof expires !== 'number') throw new WebhookError('timestamp_malformed', { at: 'signature-input expires' });
  if (Math.floor(now / 1000) >= expires) throw new WebhookError('timestamp_too_old', { at: 'signature-input expires' });
}

function isFresh(candidate: Candidate, now: number, options: SchemeOptions): boolean {
  try {
    checkFreshness(candidate, now, options);
    return true;
  } catch {
    return false;
  }
}

function idHeaderOf(id: NonNullable<HttpSignatureDescription['id']>): unknown {
  return typeof id?.header === 'string' ? id.header.toLowerCase() : undefined;
}

/** The value that the signature covers. @throws header_missing if it is blank */
function signedIdOf({ id }: HttpSignatureDescription, { headers }: DeliveryHead): string | undefined {
  if (id === undefined) return undefined;
  const at = id.header.toLowerCase();
  const text = joinedHeader(headers, at);
  if (text === undefined || text.trim() === '') throw new WebhookError('header_missing', { at });
  return text;
}

/** The covered fields with the values that were signed. */
function coveredFields({ covered }: Candidate, { headers }: DeliveryHead): ReadonlyMap<string, string> {
  const names = covered.map(({ name }) => name).filter((name) => !name.startsWith('@'));
  return new Map(names.map((name) => [name, joinedHeader(headers, name) ?? '']));
}

/**
 * If the body is not covered, the nonce and the covered values, for an app that is strict. Length first, so that nothing moves from one
 * value to the next.
 */
function strictContent(
  { covered, input }: Candidate,
  head: DeliveryHead,
  publicUrl: () => string,
): Uint8Array | undefined {
  const nonce = input.parameters.values.get('nonce');
  if (typeof nonce !== 'string' || covered.some(({ name }) => name === 'content-digest')) return undefined;
  const values = covered.map((component) => `${component.text} ${componentValue(component, head, publicUrl)}`).sort();
  return encodeUtf8([nonce, ...values].map((value) => `${value.length}:${value}`).join(''));
}

/** The URL, if the signature covers it with its query: the content of a request without a body. */
function coveredUrl({ covered }: Candidate, head: DeliveryHead, publicUrl: () => string): string | undefined {
  const component = (name: string) => covered.find((one) => one.name === name);
  const signedValue = (one: Component) => componentValue(one, head, publicUrl);
  const whole = component('@target-uri') ?? component('@request-target');
  if (whole !== undefined) return signedValue(whole);
  const query = component('@query');
  if (query === undefined) return undefined;
  const path = component('@path');
  return `${path === undefined ? '' : signedValue(path)}${signedValue(query)}`;
}

/** Section 2.5: a line for each component, and the parameters as sent. */
function signatureBase({ covered, input }: Candidate, head: DeliveryHead, publicUrl: () => string): string {
  const lines = covered.map((component) => {
    const value = componentValue(component, head, publicUrl);
    // With a line break inside a value, one base could be read in two ways.
    if (/[\r\n]/.test(value)) throw new WebhookError('header_malformed', { at: component.name });
    return `${component.text}: ${value}`;
  });
  return [...lines, `"@signature-params": ${input.text}`].join('\n');
}

/**
 * The signatures of a message that match the description, each with its covered text, for explanations. @throws header_missing,
 * header_malformed
 */
export function coveredComponents(
  description: HttpSignatureDescription,
  head: DeliveryHead,
): readonly { readonly label: string; readonly covered: readonly Component[]; readonly parameters: string }[] {
  return readCandidates(description, head, () => true).map(({ label, covered, input }) => ({
    label,
    covered,
    parameters: input.text,
  }));
}
