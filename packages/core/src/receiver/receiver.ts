/** Combines provider, secrets and policy: every adapter calls this module. */

import type { ArchiveAccess } from '../archive/archive-protocol.ts';
import type { Delivery, IncomingDelivery } from '../delivery/delivery.ts';
import { isWebhookError, WebhookError } from '../errors.ts';
import type { AnyEvent, EventContext, WebhookEvent } from '../event/event.ts';
import type { EventOf, SchemasFor } from '../event/event-of.ts';
import { VerifiedEvent } from '../event/verified-event.ts';
import { handleEvent } from '../handling/handle-event.ts';
import { type Handle, type Handler, handlerOrFailure, leavesAlone } from '../handling/handler.ts';
import type { Outcome } from '../handling/outcome.ts';
import type { HandlingPolicy } from '../handling/policy.ts';
import { readClock } from '../options/clock.ts';
import { ignoreRejection } from '../options/option-values.ts';
import { batchesKey } from '../provider/features.ts';
import type { Handshake } from '../provider/handshake.ts';
import type { Provider } from '../provider/provider.ts';
import type { BoundScheme, SchemeOptions } from '../schemes/scheme.ts';
import { type CheckedOptions, checkOptions } from './check-options.ts';
import { configurationKey } from './configuration.ts';
import { writeLine } from './logger.ts';
import { observerKey, type Watch } from './observer.ts';
import type { ReceiverOptions } from './receiver-options.ts';
import { type Resumption, resumptionKey } from './resumption.ts';
import { asWebhookError, checkBody, snapshotOf, verdictOf } from './verdict.ts';
import { printFailure, printRefusal, warnOfDoubts } from './warnings.ts';

/** Options for one delivery. */
export interface ReceiveOptions {
  /** True if a batch is split into its events. Default true. */
  readonly split?: boolean;
  /**
   * Gets work that continues after the outcome: a handler past its deadline, whose late success is still recorded.
   * Platforms that stop a process after its response use it to keep the process alive (`ctx.waitUntil`, `after`).
   */
  readonly waitUntil?: (work: Promise<unknown>) => void;
  /** True if the body is read even if the head is refused, for a diagnosis. Default false. */
  readonly readRefused?: boolean;
}

/**
 * A provider with secrets and policy, ready to verify. It keeps no state about deliveries, so one receiver serves all
 * requests.
 */
export interface Receiver<Event extends AnyEvent = WebhookEvent> extends ArchiveAccess<Event, Handle<Event>> {
  /** The provider's name. */
  readonly provider: string;
  /** Maximum body size in bytes, for code that reads it. */
  readonly maxBodyBytes: number;
  /**
   * Checks a delivery's signature and freshness. Does not use the store and parses nothing.
   *
   * @throws WebhookError, and nothing else, whatever the delivery contains
   */
  verify(delivery: IncomingDelivery): Promise<Event>;
  /**
   * Verifies a delivery, claims its event, runs the handler and completes or releases the claim.
   *
   * If a delivery has several events, each is handled and remembered separately; `split: false` passes it on whole. A
   * sender's URL check is answered without the handler. Never rejects: every failure is an outcome.
   *
   * @param handle a function, or an object of functions by event type: `{ 'invoice.paid': (event) => ..., otherwise:
   *   (event) => ... }`
   */
  receive(delivery: IncomingDelivery, handle: Handle<Event>, options?: ReceiveOptions): Promise<Outcome<Event>>;
}

/**
 * Builds a receiver for one sender.
 *
 * @example
 * const receiver = createReceiver({ provider: stripe, secrets: process.env.STRIPE_WEBHOOK_SECRET });
 * const event = await receiver.verify({ body, headers });
 *
 * @throws secret_invalid, options_invalid: configuration errors appear when the app starts
 */
export function createReceiver<P extends Provider, Schemas extends SchemasFor<P> = object>(
  options: ReceiverOptions<P, Schemas>,
): Receiver<EventOf<P, Schemas>> {
  try {
    return buildReceiver(options as unknown as ReceiverOptions<P>) as Receiver<EventOf<P, Schemas>>;
  } catch (error) {
    // The stack begins with the app's own line, instead of ten lines of this package. Not every engine has it.
    if (isWebhookError(error)) Error.captureStackTrace?.(error, createReceiver);
    throw error;
  }
}

function buildReceiver<P extends Provider>(options: ReceiverOptions<P>): Receiver<EventOf<P>> {
  const checked = checkOptions(options);
  const { provider, toleranceSeconds, ignoreTimestamp, allowWeakSecrets } = checked;
  const { handshakes } = provider;
  const answering = handshakes === undefined ? undefined : checked.answering;
  const isReserved = handshakes && answering?.reservedBy(handshakes);
  const scheme = bind(provider, {
    secrets: checked.secrets,
    keys: checked.keys,
    toleranceSeconds,
    ignoreTimestamp,
    allowWeakSecrets,
    publicUrl: checked.publicUrl,
    ...(isReserved && { isReserved }),
  });
  warnOfDoubts(checked, scheme.fixedSecrets);

  const context: EventContext = {
    provider,
    namespace: checked.namespace,
    identityOf: checked.dedupe?.identity,
    joinsUnsigned: checked.dedupe?.isStrict !== true,
    fixedSecrets: scheme.fixedSecrets,
    requiredHeaders: checked.requiredHeaders,
    clock: checked.clock,
    entityOf: checked.dedupe?.ordering?.entity,
  };
  const { open, withBody, prove } = verdictOf(checked, scheme, context);
  const { onOutcome, observers, clock } = checked;
  const observation = observers[0]?.[observerKey]({
    provider,
    namespace: checked.namespace,
    observers,
    now: () => nowOf(clock),
  });
  const policy: HandlingPolicy = {
    ...checked,
    warn: (code, message) => checked.onWarning({ code, provider: provider.name, message }),
    reportLate(outcome) {
      printFailure(outcome, checked);
      observation?.reportLate(outcome);
      if ('event' in outcome && outcome.event !== undefined)
        void archive?.note(outcome.event as VerifiedEvent, outcome, 'late');
    },
  };
  const { claims, dedupe } = checked;
  const find = (delivery: Delivery, signed: boolean) => handshakes && answering?.find(handshakes, delivery, signed);
  const shake = async (handshake: Handshake, delivery: Delivery, secretId?: string): Promise<Outcome> => {
    const { handlerTimeoutSeconds: timeoutSeconds, handshakes: options } = checked;
    try {
      const asked = { provider: provider.name, options, timeoutSeconds, mac: scheme.mac };
      const response = await answering?.answer(handshake, delivery, asked, readClock(checked.clock), secretId);
      return { kind: 'handshake', name: handshake.name, response: response ?? {} };
    } catch (error) {
      return { kind: 'rejected', error: asWebhookError(error, 'handshakes') };
    }
  };
  const tell = (outcome: Outcome, watch?: Watch) => {
    printFailure(outcome, checked);
    if (onOutcome === undefined && watch === undefined && outcome.kind === 'rejected') printRefusal(outcome, checked);
    try {
      ignoreRejection(onOutcome?.(outcome));
    } catch {
      // An observer's error must not change the response.
    }
    watch?.report(outcome);
    return outcome;
  };
  /** For an event that was verified earlier: an observed handler, and the report. */
  const handleAgain = async (event: VerifiedEvent, given: Handler, handle: (handler: Handler) => Promise<Outcome>) => {
    const watch = observation?.begin();
    const outcome = await handle(watch === undefined ? given : watch.around(event, given));
    watch?.report(outcome);
    return outcome;
  };
  const named = { provider: provider.name, namespace: checked.namespace };
  const archive = checked.archiving?.open(
    { ...checked, context, print: (line, cause) => writeLine(checked.logger, 'error', line, named, [cause]) },
    (event, given, options) =>
      handleAgain(event, given, async (handler) => claims?.handle(event, handler, policy, options) as Promise<Outcome>),
    (outcome) => tell(outcome),
  );

  const receiver: Receiver<EventOf<P>> = {
    provider: provider.name,
    maxBodyBytes: checked.maxBodyBytes,
    verify: (async (given: IncomingDelivery) => {
      try {
        const incoming = snapshotOf(given);
        if (typeof incoming.body !== 'function') checkBody(incoming.body, checked.maxBodyBytes);
        const head = open(incoming);
        if (isWebhookError(head)) throw head;
        const whole = withBody(incoming, checked.maxBodyBytes);
        const event = prove(head, whole instanceof Promise ? await whole : whole);
        // Waiting for what is already there costs a fifth of the memory of a verification.
        return event instanceof Promise ? await event : event;
      } catch (error) {
        throw asWebhookError(error);
      }
    }) as unknown as Receiver<EventOf<P>>['verify'],
    async receive(incomingDelivery, handle, { split = true, waitUntil, readRefused = false } = {}) {
      let event: VerifiedEvent;
      let events: readonly VerifiedEvent[];
      const watch = observation?.begin();
      try {
        const incoming = snapshotOf(incomingDelivery);
        if (typeof incoming.body !== 'function') checkBody(incoming.body, checked.maxBodyBytes);
        const head = open(incoming);
        const isAsked = handshakes !== undefined && answering?.mayAsk(handshakes, incoming) === true;
        const isRefused = isWebhookError(head);
        if (isRefused && !isAsked && !readRefused) throw head;
        // For a possible unsigned handshake, reads at most as much as one may have.
        const most =
          isRefused && !readRefused
            ? Math.min(answering?.maxUnverifiedBytes ?? 0, checked.maxBodyBytes)
            : checked.maxBodyBytes;
        const whole = withBody(incoming, most);
        const delivery =
          whole instanceof Promise ? await (isRefused ? whole.catch(() => Promise.reject(head)) : whole) : whole;
        if (whole instanceof Promise) watch?.bodyIsRead();
        const unsigned = isAsked ? find(delivery, false) : undefined;
        if (unsigned !== undefined) return tell(await shake(unsigned, delivery), watch) as never;
        if (isRefused) throw head;
        const verified = prove(head, delivery);
        event = verified instanceof Promise ? await verified : verified;
        watch?.isVerified();
        const signed = handshakes === undefined ? undefined : find(delivery, true);
        if (signed !== undefined) return tell(await shake(signed, delivery, event.secretId), watch) as never;
        // Before anything is remembered: bodies that do not parse must not fill the store.
        event.requirePayload();
        if (!split) requireWhole(provider);
        events = split && provider.batch !== undefined ? event.split() : [event];
        // Before anything runs: an event that fails, or whose process dies, is in it.
        await archive?.keep(events);
      } catch (error) {
        return tell({ kind: 'rejected', error: asWebhookError(error) }, watch) as Outcome<never>;
      }
      const given = handlerOrFailure(handle) as unknown as Handler;
      const handleOne = (one: VerifiedEvent) => {
        const watched = events.length > 1 ? watch?.ofEvent() : watch;
        const conclude = (outcome: Outcome) => tell(acknowledged(outcome, provider), watched);
        const isLeft = leavesAlone(given, one);
        const handler = watched === undefined ? given : watched.around(one, given);
        const outcome: Outcome | Promise<Outcome> = isLeft
          ? { kind: 'handled', event: one }
          : claims === undefined || dedupe === undefined
            ? handleEvent(one, handler, policy, waitUntil)
            : claims.handle(one, handler, policy, dedupe, waitUntil);
        if (archive !== undefined)
          return Promise.resolve(outcome).then(async (ended) => {
            await archive.note(one, ended, isLeft ? 'left' : undefined);
            return conclude(ended);
          });
        return outcome instanceof Promise ? outcome.then(conclude) : conclude(outcome);
      };
      if (events[0] !== undefined && events.length === 1) return handleOne(events[0]) as never;
      const ended = await provider[batchesKey]?.run(
        event,
        events,
        async (one) => handleOne(one),
        checked.handlerTimeoutSeconds,
        provider.retries,
      );
      const outcome = ended as Outcome;
      const answered = acknowledged(outcome, provider) as Outcome<EventOf<P>>;
      return events.length === 0 ? (tell(answered as Outcome, watch) as never) : answered;
    },
    ...((archive?.methods as unknown as ArchiveAccess<EventOf<P>, Handle<EventOf<P>>> | undefined) ?? {
      replay: withoutArchive,
      readArchived: withoutArchive,
      archivedEntry: withoutArchive,
    }),
  };
  const resumption: Resumption = {
    version: 1,
    context,
    retentionSeconds: dedupe?.retentionSeconds,
    leaseSeconds: dedupe?.leaseSeconds,
    restore({ delivery, proof, element }, identity) {
      const event = new VerifiedEvent(context, delivery, proof, element);
      event.keepIdentity(identity, { isWork: true });
      return event;
    },
    handle: (event, given, handlerTimeoutSeconds) =>
      handleAgain(event, given, async (handler) => {
        if (leavesAlone(handler, event)) return { kind: 'handled', event };
        const rules = { ...policy, handlerTimeoutSeconds };
        if (claims === undefined || dedupe === undefined) return handleEvent(event, handler, rules);
        // Attempts and dead letters of work are the queue's.
        return claims.handle(event, handler, rules, { ...dedupe, deadLetter: undefined });
      }),
    tell: (outcome) => tell(outcome),
  };
  return Object.defineProperties(receiver, {
    [configurationKey]: { value: () => checked },
    [resumptionKey]: { value: () => resumption },
  });
}

/** The time by the app's clock; undefined if that fails, for which each delivery is refused. */
function nowOf(clock: CheckedOptions['clock']): number | undefined {
  try {
    return readClock(clock);
  } catch {
    return undefined;
  }
}

const withoutArchive = async (): Promise<never> => {
  throw new WebhookError('options_invalid', { at: 'archive', hint: 'Set archive.' });
};

/** An app may have many receivers, so what is said of a secret begins with the provider's name. */
function bind(provider: Provider, options: SchemeOptions): BoundScheme {
  try {
    return provider.scheme.bind(options);
  } catch (error) {
    if (!isWebhookError(error) || error.code !== 'secret_invalid') throw error;
    const { code, at, hint, cause } = error;
    throw new WebhookError(code, { ...(at !== undefined && { at }), hint: `${provider.name}: ${hint}`, cause });
  }
}

/** Replaces an empty response by the one that the sender expects. */
function acknowledged(outcome: Outcome, { acknowledgement }: Provider): Outcome {
  const isDone = outcome.kind === 'handled' || outcome.kind === 'duplicate';
  return isDone && acknowledgement !== undefined && outcome.response === undefined
    ? { ...outcome, response: acknowledgement }
    : outcome;
}

/** @throws options_invalid for a batch of individually signed events: anyone can combine them differently */
function requireWhole({ scheme }: Provider): void {
  if (scheme.each === undefined) return;
  throw new WebhookError('options_invalid', {
    at: 'split',
    hint: 'This sender signs each event on its own, so a captured one could be repeated in another delivery. Use a handler instead of the middleware form (split: false).',
  });
}
