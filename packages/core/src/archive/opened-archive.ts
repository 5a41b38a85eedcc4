/** The archive of one receiver: writes events before they run, writes their outcomes, and runs them again. */

import { crypto } from '#crypto';
import type { CheckedDedupe } from '../claims/dedupe-options.ts';
import { decodeUtf8, encodeBase64Url, encodeUtf8 } from '../encoding.ts';
import { isWebhookError, WebhookError } from '../errors.ts';
import type { Identity } from '../event/event.ts';
import { keyForRun } from '../event/identity.ts';
import { partsKey, VerifiedEvent } from '../event/verified-event.ts';
import { type Handler, handlerOf, leavesAlone } from '../handling/handler.ts';
import type { Outcome } from '../handling/outcome.ts';
import { readClock } from '../options/clock.ts';
import { optionError, requireKnownNames } from '../options/option-values.ts';
import { type PublicParts, publicPartsOf } from '../stored/public-parts.ts';
import { createSealer, type Seal, type SealedParts } from '../stored/seal.ts';
import {
  restoredProofOf,
  type StoredHead,
  type StoredProof,
  storedHeadOf,
  storedProofOf,
} from '../stored/stored-delivery.ts';
import { withTimeout } from '../with-timeout.ts';
import type { ArchiveEntryDetails, ArchiveMethods, ArchiveOutcome, EntryNote, NewEntry } from './archive.ts';
import type {
  ArchivedEvent,
  ArchivingReceiver,
  ReceiverArchive,
  ReplayOptions,
  RunArchived,
  TellOutcome,
} from './archive-protocol.ts';
import { entryOf } from './entry.ts';
import { keptLabel, keptName } from './kept-text.ts';

/** The options with all defaults filled in. */
export interface CheckedArchive {
  readonly methods: ArchiveMethods;
  /** The name of the archive in errors. */
  readonly at: string;
  readonly seal: Parameters<typeof createSealer>[1];
  readonly retentionSeconds: number;
  readonly encrypt: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  readonly decrypt: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  readonly settleSeconds: number;
  readonly timeoutSeconds: number;
}

/** Part of every seal of an archive; raised if the sealed facts change. */
const purpose = 'archive 1';
const longestError = 500;
/** Entries of one batch that are written at the same time. */
const atOnce = 8;
/** The latest retry of a sender beyond its schedule, in seconds. */
const lateRetrySeconds = 3600;
const knownReplayOptions = new Set(['again', 'ordering', 'by', 'tenant']);

/** @throws options_invalid, secret_invalid */
export function openArchive(
  archive: CheckedArchive,
  receiver: ArchivingReceiver,
  run: RunArchived,
  tell: TellOutcome,
): ReceiverArchive {
  const { methods, settleSeconds, retentionSeconds } = archive;
  const { context } = receiver;
  const { clock } = context;
  const dedupe = requireDedupe(receiver);
  const { provider, namespace } = context;
  const sealer = createSealer(purpose, archive.seal, context.fixedSecrets);
  const horizon = provider.retries?.horizonSeconds;
  const least = horizon === undefined ? 0 : horizon + lateRetrySeconds;
  if (retentionSeconds < least)
    throw optionError(
      'archive.retentionSeconds',
      `Expected at least ${least}: for that long the sender still retries.`,
    );
  const publicParts = publicPartsOf(context);
  const printedAt = new Map<string, number>();
  /** Once a minute. */
  const printOnce = (what: string, error: unknown) => {
    const now = Date.now();
    if (now - (printedAt.get(what) ?? 0) < 60_000) return;
    printedAt.set(what, now);
    receiver.print(`countersign: ${provider.name} (${namespace}): ${what}`, error);
  };
  const step = <Result>(work: () => Promise<Result>) => archiveStep(archive, work);

  const factsOf = async (
    entry: Pick<NewEntry, 'id' | 'identity' | 'place' | 'receivedAt'>,
    tenant: string | undefined,
    head: string,
    body: string,
  ): Promise<SealedParts> => [
    namespace,
    provider.name,
    tenant,
    entry.id,
    entry.identity,
    entry.place === undefined ? undefined : String(entry.place),
    String(entry.receivedAt),
    head,
    body,
  ];

  const noteStep = (id: string, note: EntryNote) => step(() => methods.note(id, note));
  const errorBytes = async (cause: unknown): Promise<Uint8Array | undefined> =>
    cause === undefined ? undefined : archive.encrypt(encodeUtf8(textOf(cause)));

  const opened: ReceiverArchive = {
    async keep(events) {
      const [first] = events;
      if (first === undefined) return;
      const now = readClock(clock);
      await step(async () => {
        const head = encodeHead(first, publicParts);
        const [headDigest, bodyDigest] = [await digestOf(head), await digestOf(first.body)];
        const entries = await Promise.all(
          events.map(async (event): Promise<Omit<NewEntry, 'seal' | 'bytesIn'>> => {
            const identity = await event.identity();
            const { tenant, type, id } = event;
            return {
              id: identity.key,
              namespace: await keptName(namespace),
              provider: provider.name,
              tenant: tenant === undefined ? undefined : await keptName(tenant),
              type: type === undefined ? undefined : keptLabel(type),
              eventId: id === undefined ? undefined : keptLabel(id),
              identity: identityText(identity),
              place: event[partsKey]().element?.place,
              receivedAt: now,
              bodyBytes: event.body.byteLength,
            };
          }),
        );
        const sealed = (entry: (typeof entries)[number]) =>
          factsOf(entry, first.tenant, headDigest, bodyDigest)
            .then((facts) => sealer.seal(facts, now))
            .then(sealText);
        const bytes = async () => ({ head: await archive.encrypt(head), body: await archive.encrypt(first.body) });
        const [only] = entries;
        if (entries.length === 1 && only !== undefined) {
          const askedAt = performance.now();
          const seal = await sealed(only);
          await methods.add({ ...only, seal, bytesIn: undefined }, await bytes(), retentionSeconds);
          // A reader may have passed its place in the order before it was there.
          if (performance.now() - askedAt > settleSeconds * 500) await methods.move(only.id);
          return;
        }
        const isKnown = await inParts(entries, (entry) => methods.touch(entry.id, now));
        const fresh = entries.filter((_, index) => isKnown[index] !== true);
        if (fresh.length === 0) return;
        const bytesIn = encodeBase64Url(globalThis.crypto.getRandomValues(new Uint8Array(32)));
        await methods.addBytes(bytesIn, now, await bytes(), retentionSeconds);
        await inParts(fresh, async (entry) => {
          const askedAt = performance.now();
          await methods.add({ ...entry, seal: await sealed(entry), bytesIn }, undefined, retentionSeconds);
          if (performance.now() - askedAt > settleSeconds * 500) await methods.move(entry.id);
        });
      });
    },

    async note(event, outcome, how) {
      const note = noteOf(outcome, how === 'left');
      if (note === undefined) return;
      try {
        const { key } = await event.identity();
        await noteStep(key, {
          outcome: note.outcome,
          ran: how === 'late' ? 0 : note.ran,
          error: await errorBytes(note.cause),
        });
      } catch (error) {
        // The event has ended, and its sender gets its response all the same.
        printOnce('the archive could not record an outcome.', error);
      }
    },

    methods: {
      async replay(entry, handle, options = {}) {
        let event: VerifiedEvent | undefined;
        try {
          const found = await readFor(entry, options);
          event = found.event;
          return tell(await runAgain(found.event, found, handlerOf(handle), options)) as never;
        } catch (error) {
          const refused = archiveError(archive, error);
          return tell({ kind: 'rejected', error: refused, ...(event !== undefined && { event }) }) as never;
        }
      },
      readArchived: async (entry) => (await read(entry)).event,
      archivedEntry: async (entry) => (await read(entry)).entry,
    },
  };

  async function read(given: ArchivedEvent) {
    const id = typeof given === 'string' ? given : given?.id;
    if (typeof id !== 'string') throw optionError('entry', 'Expected an entry of the archive, or its id.');
    const scope = await keptName(namespace);
    const found = await step(() => methods.find(id, scope, provider.name));
    if (found === undefined) throw new WebhookError('entry_unknown', { hint: unknownHint });
    const { entry, seal, head, body } = found;
    if (head === undefined || body === undefined) throw new WebhookError('entry_altered', { hint: bytesGone });
    const [openHead, openBody] = [await open(head), await open(body)];
    const decoded = decodeHead(openHead);
    if (decoded === undefined) throw new WebhookError('entry_altered', { hint: alteredHint });
    const proof = restoredProofOf(decoded.proof);
    const facts = await factsOf(entry, proof.tenant, await digestOf(openHead), await digestOf(openBody));
    if ((await sealer.check(facts, entry.receivedAt, sealIn(seal))) !== 'genuine')
      throw new WebhookError('entry_altered', { hint: alteredHint });
    const whole = new VerifiedEvent(context, { ...decoded.head, body: openBody }, proof);
    const event = entry.place === undefined ? whole : whole.split()[entry.place];
    if (event === undefined)
      throw new WebhookError('entry_unknown', {
        hint: 'The delivery no longer has an event at this place: the preset splits it in another way than when it arrived.',
      });
    event.keepIdentity(identityIn(entry.identity, entry.id));
    const error = found.error === undefined ? undefined : decodeUtf8(await open(found.error));
    return { event, identity: entry.identity, entry: { ...entryOf(entry), tenant: proof.tenant, namespace, error } };
  }

  async function open(bytes: Uint8Array): Promise<Uint8Array> {
    try {
      return await archive.decrypt(bytes);
    } catch (cause) {
      throw new WebhookError('entry_altered', { hint: 'decrypt failed. Has its key changed?', cause });
    }
  }

  async function readFor(entry: ArchivedEvent, options: ReplayOptions) {
    requireKnownNames(options, knownReplayOptions, 'replay.');
    const found = await read(entry);
    if (options.tenant !== undefined && options.tenant !== found.entry.tenant)
      throw new WebhookError('entry_unknown', { hint: unknownHint });
    return found;
  }

  async function runAgain(
    event: VerifiedEvent,
    { entry, identity }: { readonly entry: ArchiveEntryDetails; readonly identity: string },
    handler: Handler,
    { again = false, ordering = false, by = 'unknown' }: ReplayOptions,
  ): Promise<Outcome> {
    if (leavesAlone(handler, event)) throw optionError('handle', 'None of the handlers is for the type of this event.');
    const { id } = entry;
    await noteStep(id, { outcome: undefined, ran: 0, error: undefined, replay: { by: keptLabel(by) } });
    // Not to the dead letter: the person who replays an event sees the failure.
    const policy = { ...dedupe, ordering: ordering ? dedupe.ordering : undefined, deadLetter: undefined };
    const isKnownAsDone = entry.outcome === 'handled' || entry.outcome === 'stale' || isForgotten(entry, identity);
    const first: Outcome = isKnownAsDone ? { kind: 'duplicate', event } : await run(event, handler, policy);
    const runsAgain = again && first.kind === 'duplicate';
    // Two at once have the same key, so one of them runs.
    const claimKey = runsAgain ? await keyForRun(id, 'again', String(entry.replays)) : '';
    const outcome = runsAgain ? await run(event, handler, { ...policy, claimKey }) : first;
    const note = noteOf(outcome, false);
    const isOutage = outcome.kind === 'rejected' && outcome.error.code !== 'payload_invalid';
    const isNew = !runsAgain && !isKnownAsDone && !isOutage;
    const hasRun =
      outcome.kind === 'handled' || outcome.kind === 'failed' || (runsAgain && outcome.kind === 'duplicate');
    try {
      await noteStep(id, {
        outcome: isNew ? note?.outcome : undefined,
        ran: note?.ran ?? 0,
        error: await errorBytes(note?.cause),
        replay: { outcome: outcome.kind, counts: hasRun },
      });
    } catch (error) {
      printOnce('the archive could not record a replay.', error);
    }
    return outcome;
  }

  /** True if it may have been handled, and the store may have forgotten that. */
  function isForgotten({ outcome, lastReceivedAt }: ArchiveEntryDetails, identity: string): boolean {
    // Nothing tells such an event from another one with the same bytes, so the store forgets it at once.
    const remembered = identity === 'none' ? 1 : dedupe.retentionSeconds;
    return outcome === 'open' && readClock(clock) - lastReceivedAt.getTime() > remembered * 1000;
  }
  return opened;
}

/** @throws options_invalid */
function requireDedupe({ dedupe, isNamed }: ArchivingReceiver): CheckedDedupe {
  if (dedupe === undefined)
    throw optionError('archive', 'archive needs dedupe: a store that knows which events are done.');
  if (!isNamed)
    throw optionError(
      'dedupe.namespace',
      "Other receivers may use this archive, so name this one: dedupe: { store, namespace: 'billing' }.",
    );
  return dedupe;
}

/** A step of an archive within its time limit. @throws archive_unavailable */
export async function archiveStep<Result>(archive: CheckedArchive, work: () => Promise<Result>): Promise<Result> {
  const { timeoutSeconds } = archive;
  try {
    return await withTimeout(
      work(),
      timeoutSeconds,
      () => new Error(`The archive did not answer within ${timeoutSeconds} s.`),
    );
  } catch (error) {
    throw archiveError(archive, error);
  }
}

/** @returns the error itself, unless the backend threw it */
function archiveError({ at, timeoutSeconds }: CheckedArchive, error: unknown): WebhookError {
  if (isWebhookError(error) && error.code !== 'store_unavailable') return error;
  const retryAfterSeconds = Math.ceil(timeoutSeconds);
  return new WebhookError('archive_unavailable', {
    at,
    retryAfterSeconds,
    cause: isWebhookError(error) ? (error.cause ?? error) : error,
    ...(isWebhookError(error) && { hint: error.hint }),
  });
}

const unknownHint = 'Check the id, the namespace, the provider and the tenant. Its retention may have ended.';
const alteredHint =
  'Its row was changed outside of this package, or it was sealed with a key that is not in seal.keys (or in secrets) any more. Add that key with its notAfter.';
const bytesGone = 'Its bytes are gone: the entry that held them was removed.';

/** The outcome for an entry; undefined if it says nothing about the event. */
function noteOf(
  outcome: Outcome,
  isLeft: boolean,
): { readonly outcome: ArchiveOutcome; readonly ran: 0 | 1; readonly cause?: unknown } | undefined {
  switch (outcome.kind) {
    case 'handled': {
      const { deadLettered } = outcome;
      if (isLeft) return { outcome: 'no_handler', ran: 0 };
      return deadLettered === undefined
        ? { outcome: 'handled', ran: 1 }
        : { outcome: 'dead_lettered', ran: 1, cause: deadLettered.cause };
    }
    // An earlier attempt succeeded, and perhaps could not write so.
    case 'duplicate':
      return { outcome: 'handled', ran: 0 };
    case 'stale':
      return { outcome: 'stale', ran: 0 };
    case 'failed':
      return { outcome: 'failed', ran: 1, cause: outcome.cause };
    case 'rejected': {
      const { error } = outcome;
      return { outcome: 'rejected', ran: error.code === 'payload_invalid' ? 1 : 0, cause: error };
    }
    default:
      return undefined;
  }
}

/** Name and message only: an error may carry a request or a query. */
function textOf(cause: unknown): string {
  try {
    const { name, message } = (cause ?? {}) as { name?: unknown; message?: unknown };
    const text =
      typeof message === 'string' ? `${typeof name === 'string' ? name : 'Error'}: ${message}` : typeof cause;
    return text.slice(0, longestError);
  } catch {
    return 'An error that cannot be read.';
  }
}

/** A version, the head and the proof, as the bytes that are kept. */
interface KeptHead {
  readonly version: 1;
  readonly head: StoredHead;
  readonly proof: StoredProof;
}

function encodeHead(event: VerifiedEvent, parts: PublicParts): Uint8Array {
  const { delivery, proof } = event[partsKey]();
  const kept: KeptHead = { version: 1, head: storedHeadOf(delivery, parts), proof: storedProofOf(proof, parts) };
  return encodeUtf8(JSON.stringify(kept));
}

/** @returns undefined if it is not such a head */
function decodeHead(bytes: Uint8Array): KeptHead | undefined {
  try {
    const kept = JSON.parse(decodeUtf8(bytes) ?? '') as KeptHead;
    return kept.version === 1 && Array.isArray(kept.head.headers) && kept.proof.secretId !== undefined
      ? kept
      : undefined;
  } catch {
    return undefined;
  }
}

const sealText = ({ key, mac }: Seal) => `${key}.${mac}`;

function sealIn(text: string): Seal {
  const end = text.indexOf('.');
  return { key: text.slice(0, Math.max(end, 0)), mac: text.slice(end + 1) };
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  return encodeBase64Url(await crypto.digest('SHA-256', [bytes]));
}

const identityText = ({ from, joined }: Identity) => (joined === undefined ? from : `${from}+${joined}`);

function identityIn(text: string, key: string): Identity {
  const [from, joined] = text.split('+') as [Identity['from'], Identity['joined']];
  return joined === undefined ? { key, from } : { key, from, joined };
}

/** A few at a time, so that a large batch does not take every connection. */
async function inParts<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += atOnce)
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(work))));
  return results;
}
