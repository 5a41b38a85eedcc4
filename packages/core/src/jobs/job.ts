/** A verified event as a sealed job, and the event from it again. */

import { crypto } from '#crypto';
import type { DeliveryHead } from '../delivery/delivery.ts';
import { decodeBase64, encodeBase64, encodeBase64Url, encodeUtf8 } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import type { Identity } from '../event/event.ts';
import type { Element, EventParts, VerifiedEvent } from '../event/verified-event.ts';
import { readClock } from '../options/clock.ts';
import { askOptionalText } from '../options/option-values.ts';
import type { Resumption } from '../receiver/resumption.ts';
import { publicPartsOf } from '../stored/public-parts.ts';
import type { Seal, SealedParts, Sealer } from '../stored/seal.ts';
import {
  restoredProofOf,
  type StoredHead,
  type StoredProof,
  storedHeadOf,
  storedProofOf,
} from '../stored/stored-delivery.ts';

/** Increased when a field is added that a worker of an earlier version must not miss. */
export const jobVersion = 1;
/** Part of every seal of a job. */
export const sealPurpose = `job ${jobVersion}`;

/** W3C Trace Context of the request that brought the delivery. */
export interface JobTrace {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** Facts about a job, besides its event. */
export interface JobFacts {
  /** The name of the queue for which it was sealed. */
  readonly queue: string;
  readonly namespace: string;
  /** The time when the delivery was put on the queue. */
  readonly arrivedAt: Date;
  readonly trace: JobTrace | undefined;
  /** The id for the engine: the same for the same event. */
  readonly id: string;
}

/** Keeps bodies that are too large for the engine, under a reference. */
export interface BodyArchive {
  /** Stores the bytes and resolves to a reference once they are safe. */
  put(body: Uint8Array, id: string): Promise<string>;
  /** Loads them. The seal covers their digest, so bytes that were changed are refused. */
  get(reference: string): Promise<Uint8Array>;
}

/**
 * The fields of a job, all of them text: an engine may sort the names of an object or write its numbers in another way, but it keeps text.
 */
interface JobFields {
  readonly queue: string;
  readonly namespace: string;
  readonly tenant?: string;
  readonly provider: string;
  readonly scheme: string;
  /** For people who look into the queue. */
  readonly type?: string;
  readonly id?: string;
  readonly identity: string;
  readonly identityFrom: string;
  readonly identityJoined?: string;
  /** Milliseconds since 1970. */
  readonly arrivedAt: string;
  /** JSON. */
  readonly proof: string;
  readonly head: string;
  /** The element of a batch; then the job has no body. */
  readonly element?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** The bytes in base64, or where they are. */
  readonly body?: string;
  readonly reference?: string;
}

/** The order in which fields are sealed. A new field goes to the end, with a new version. */
const sealedFields = [
  'queue',
  'namespace',
  'tenant',
  'provider',
  'scheme',
  'identity',
  'identityFrom',
  'identityJoined',
  'proof',
  'arrivedAt',
  'type',
  'id',
  'head',
  'element',
  'traceparent',
  'tracestate',
  'reference',
] as const satisfies readonly (keyof JobFields)[];

const required = [
  'queue',
  'namespace',
  'provider',
  'scheme',
  'identity',
  'identityFrom',
  'arrivedAt',
  'proof',
  'head',
] as const;

/** A job as it is stored. */
export interface WrittenJob {
  readonly text: string;
  readonly bytes: number;
  readonly facts: JobFacts;
  /** Names the event's entity under `ordering`, for engines that keep the order of a group; undefined for an event without one. */
  readonly group: string | undefined;
}

/** The options of {@link writeJob}. */
export interface WriteOptions {
  readonly queue: string;
  readonly sealer: Sealer;
  /** The largest job that the engine takes. */
  readonly maxBytes: number;
  readonly archive: BodyArchive | undefined;
}

/** @throws job_too_large; secret_invalid if there is no key to seal with */
export async function writeJob(
  event: VerifiedEvent,
  { context, delivery, proof, element }: EventParts,
  { queue, sealer, maxBytes, archive }: WriteOptions,
): Promise<WrittenJob> {
  const identity = await event.identity();
  const publicParts = publicPartsOf(context);
  const arrivedAt = readClock(context.clock);
  const trace = traceOf(event);
  const { type, id } = event;
  const fields: JobFields = {
    queue,
    namespace: context.namespace,
    ...(proof.tenant !== undefined && { tenant: proof.tenant }),
    provider: context.provider.name,
    scheme: context.provider.scheme.kind,
    ...(type !== undefined && { type }),
    ...(id !== undefined && { id }),
    identity: identity.key,
    identityFrom: identity.from,
    ...(identity.joined !== undefined && { identityJoined: identity.joined }),
    arrivedAt: String(arrivedAt),
    proof: JSON.stringify(storedProofOf(proof, publicParts)),
    head: JSON.stringify(storedHeadOf(delivery, publicParts)),
    ...(element !== undefined && { element: JSON.stringify(storedElementOf(element)) }),
    ...trace,
  };
  const body = element === undefined ? delivery.body : new Uint8Array();
  const facts: JobFacts = {
    queue,
    namespace: context.namespace,
    arrivedAt: new Date(arrivedAt),
    trace,
    id: await idOf(queue, identity),
  };
  const entity = context.entityOf && askOptionalText('ordering.entity', () => context.entityOf?.(event));
  const group = entity === undefined ? undefined : (await event.entityKey(entity)).slice(0, 22);
  const seal = async (sealed: JobFields): Promise<WrittenJob> => {
    const { key, mac } = await sealer.seal(await partsOf(sealed, body), arrivedAt);
    const text = inAscii(JSON.stringify({ countersign: jobVersion, ...sealed, sealKey: key, seal: mac }));
    return { text, bytes: text.length, facts, group };
  };
  const whole = await seal(element === undefined ? { ...fields, body: encodeBase64(body) } : fields);
  if (whole.bytes <= maxBytes) return whole;
  if (archive !== undefined && element === undefined) {
    const referring = await seal({ ...fields, reference: await archive.put(body, facts.id) });
    if (referring.bytes <= maxBytes) return referring;
  }
  throw new WebhookError('job_too_large', {
    at: `queue ${queue}`,
    hint: `It has ${whole.bytes} bytes, and the queue takes ${maxBytes}. A body is written in base64, which adds a third. Lower maxBodyBytes to ${Math.max(1, Math.floor((maxBytes * 3) / 4 - 4096))}, or keep the bytes elsewhere: enqueue(queue, { archive }).`,
  });
}

/** JSON in ASCII: SQS refuses some characters of Unicode, and a length is a number of bytes everywhere. */
function inAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The event of a job, verified by its seal. */
export interface ReadJob {
  readonly event: VerifiedEvent;
  readonly facts: JobFacts;
}

/** The options of {@link readJob}. */
export interface ReadOptions {
  readonly queue: string;
  readonly sealer: Sealer;
  /** Largest age in seconds; undefined for any. */
  readonly maxAgeSeconds: number | undefined;
  readonly archive: BodyArchive | undefined;
}

/**
 * @param given the text, or the object that an engine has parsed
 * @throws job_malformed, job_unsupported, job_key_unknown, job_forged, job_expired
 */
export async function readJob(given: unknown, resumption: Resumption, options: ReadOptions): Promise<ReadJob> {
  const { fields, seal } = parseJob(given);
  const { context } = resumption;
  const { queue, sealer, maxAgeSeconds, archive } = options;
  const body = await bodyOf(fields, archive);
  const arrivedAt = Number(fields.arrivedAt);
  const verdict = await sealer.check(await partsOf(fields, body), arrivedAt, seal);
  if (verdict !== 'genuine') throw new WebhookError(verdict === 'unknown_key' ? 'job_key_unknown' : 'job_forged');
  // A genuine job of another queue or receiver: the seal says where it belongs.
  if (fields.queue !== queue)
    throw new WebhookError('job_forged', { hint: 'It was sealed for another queue, and was moved or copied here.' });
  if (fields.namespace !== context.namespace || fields.provider !== context.provider.name)
    throw new WebhookError('job_unsupported', {
      hint: `It belongs to another receiver (provider and namespace). Give each receiver a queue of its own.`,
    });
  if (fields.scheme !== context.provider.scheme.kind)
    throw new WebhookError('job_unsupported', { hint: 'It was written when the provider had another scheme.' });
  if (maxAgeSeconds !== undefined && readClock(context.clock) - arrivedAt > maxAgeSeconds * 1000)
    throw new WebhookError('job_expired');
  const identity = {
    key: fields.identity,
    from: fields.identityFrom,
    ...(fields.identityJoined !== undefined && { joined: fields.identityJoined }),
  } as Identity;
  const element = fields.element === undefined ? undefined : restoredElementOf(parsed(fields.element) as StoredElement);
  const head = parsed(fields.head) as StoredHead;
  const event = resumption.restore(
    {
      delivery: {
        ...(head as DeliveryHead),
        body: element === undefined ? body : encodeUtf8(JSON.stringify(element.root)),
      },
      proof: restoredProofOf(parsed(fields.proof) as StoredProof),
      element,
    },
    identity,
  );
  const trace =
    fields.traceparent === undefined
      ? undefined
      : {
          traceparent: fields.traceparent,
          ...(fields.tracestate !== undefined && { tracestate: fields.tracestate }),
        };
  return {
    event,
    facts: {
      queue,
      namespace: fields.namespace,
      arrivedAt: new Date(arrivedAt),
      trace,
      id: await idOf(queue, identity),
    },
  };
}

/** The same id for the same event in one queue, in the characters that every engine takes. */
async function idOf(queue: string, { key }: Identity): Promise<string> {
  return encodeBase64Url((await crypto.digest('SHA-256', [`${queue.length}:${queue}${key}`])).subarray(0, 16));
}

async function partsOf(fields: JobFields, body: Uint8Array): Promise<SealedParts> {
  const digest = encodeBase64Url(await crypto.digest('SHA-256', [body]));
  return [...sealedFields.map((name) => fields[name]), digest];
}

/** @throws job_malformed, job_unsupported */
function parseJob(given: unknown): {
  readonly fields: JobFields;
  readonly seal: Seal;
} {
  const job = typeof given === 'string' ? parsed(given) : given;
  if (typeof job !== 'object' || job === null || !('countersign' in job)) throw new WebhookError('job_malformed');
  const { countersign: version, sealKey, seal, ...rest } = job as Record<string, unknown>;
  if (version !== jobVersion)
    throw new WebhookError('job_unsupported', {
      hint: `It has version ${typeof version === 'number' ? version : 'unknown'}, and this worker reads ${jobVersion}. Deploy workers before receivers. The job stays in the queue for its next attempt.`,
    });
  const fields = rest as unknown as JobFields;
  const isText = Object.values(rest).every((value) => typeof value === 'string');
  const hasAll = required.every((name) => Object.hasOwn(rest, name));
  const hasContent = [fields.body, fields.reference, fields.element].filter((one) => one !== undefined).length === 1;
  if (typeof sealKey !== 'string' || typeof seal !== 'string' || !isText || !hasAll || !hasContent)
    throw new WebhookError('job_malformed', { hint: 'It has the name of a job, but not its fields.' });
  return { fields, seal: { key: sealKey, mac: seal } };
}

/** @throws job_malformed, job_unsupported */
async function bodyOf({ body, reference, element }: JobFields, archive: BodyArchive | undefined): Promise<Uint8Array> {
  if (element !== undefined) return new Uint8Array();
  if (reference !== undefined) {
    if (archive !== undefined) return archive.get(reference);
    throw new WebhookError('job_unsupported', { hint: 'Its bytes are in an archive. Set archive in work().' });
  }
  const bytes = decodeBase64(body as string);
  if (bytes === undefined) throw new WebhookError('job_malformed', { hint: 'Its body is not base64.' });
  return bytes;
}

/** The engine's message would quote the input, so it is dropped. @throws job_malformed */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WebhookError('job_malformed');
  }
}

/** W3C Trace Context, section 3.2.2: version 00, and no trace or span of zeros. */
const traceparentForm = /^[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const longestTracestate = 512;

function traceOf(event: VerifiedEvent): JobTrace | undefined {
  const { headers } = event.head;
  const fields = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  const linesOf = (name: string) =>
    fields.flatMap(([key, value]) => (key.toLowerCase() === name ? [value ?? []].flat() : []));
  const [traceparent, ...others] = linesOf('traceparent');
  if (traceparent === undefined || others.length > 0 || !traceparentForm.test(traceparent)) return undefined;
  const tracestate = linesOf('tracestate').join(',');
  const isPrintable = /^[\x20-\x7e]+$/.test(tracestate) && tracestate.length <= longestTracestate;
  return { traceparent, ...(isPrintable && { tracestate }) };
}

/** `payload` only where it differs from `root`. */
type StoredElement = Omit<Element, 'payload' | 'eventId'> & Partial<Pick<Element, 'payload' | 'eventId'>>;

function storedElementOf({ place, root, payload, eventId }: Element): StoredElement {
  return { place, root, ...(payload !== root && { payload }), ...(eventId !== undefined && { eventId }) };
}

function restoredElementOf(stored: StoredElement): Element {
  const { place, root, eventId } = stored;
  return { place, root, payload: 'payload' in stored ? stored.payload : root, eventId };
}
