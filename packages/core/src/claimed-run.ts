/** Runs a handler on a verified event under a claim: claim, payload, handler, completion or release. */

import type { Claim, DedupeStore, StoredAnswer } from './dedupe.ts';
import { isWebhookError, WebhookError } from './errors.ts';
import { fingerprintOf, type Identity, type VerifiedEvent } from './event.ts';
import type { Handler, HandlerAnswer } from './handler.ts';
import { HandlerRun } from './handler-run.ts';
import type { Outcome } from './outcome.ts';
import type { CheckedOptions } from './receiver-options.ts';
import type { StandardSchemaV1 } from './standard-schema.ts';

type Dedupe = NonNullable<CheckedOptions['dedupe']>;

/** Longest wait for one answer of a store. */
const storeTimeoutSeconds = 5;
/** Waits before the second and third try to record a completion, in milliseconds. */
const completionRetryDelays = [50, 250];
const maxStoredBodyLength = 4096;
const storedHeaders = ['content-type'];

/** Prepares what {@link Receiver.receive} does once a delivery is verified. The result never rejects. */
export function createClaimedRun(options: CheckedOptions): (event: VerifiedEvent, handle: Handler) => Promise<Outcome> {
  const { dedupe } = options;
  return async (event, handle) => {
    try {
      return dedupe === undefined
        ? await runUnclaimed(event, handle, options)
        : await runClaimed(event, handle, options, dedupe);
    } catch (error) {
      // Only what stands outside of handler and payload comes here: store, endpoint(), dedupe.identity().
      return { kind: 'rejected', error: isWebhookError(error) ? error : storeError(error) };
    }
  };
}

async function runUnclaimed(event: VerifiedEvent, handle: Handler, options: CheckedOptions): Promise<Outcome> {
  const refusal = await checkPayload(event, options.schemas);
  if (refusal !== undefined) return { kind: 'rejected', error: refusal, event };
  const run = new HandlerRun(1, options.deadlineSeconds, options.clock);
  const result = await run.start(event, handle);
  return result.kind === 'answered' ? handled(event, result.answer) : failed(event, result.cause, result.answer);
}

async function runClaimed(
  event: VerifiedEvent,
  handle: Handler,
  options: CheckedOptions,
  dedupe: Dedupe,
): Promise<Outcome> {
  const { store, leaseSeconds } = dedupe;
  const identity = await event.identity();
  const claim = await claimInTime(store, identity.key, leaseSeconds);
  if (claim.state === 'in_flight') return { kind: 'in_flight', event, retryAfterSeconds: claim.leaseLeftSeconds };
  if (claim.state === 'done') return duplicate(event, identity, claim.answer);

  const { token, attempt } = claim;
  const release = () => quietly(store.release(identity.key, token));
  const refusal = await checkPayload(event, options.schemas);
  if (refusal !== undefined) {
    await release();
    return { kind: 'rejected', error: refusal, event };
  }
  const complete = (answer: HandlerAnswer | undefined) => recordCompletion(event, identity, token, answer, dedupe);
  const run = new HandlerRun(attempt, options.deadlineSeconds, options.clock);
  const stopRenewing = renewLease(store, identity.key, token, leaseSeconds, run);
  const result = await run.start(event, handle).finally(stopRenewing);

  if (result.kind === 'late') {
    // The sender has gone. The claim is kept until its lease ends, and what the handler still achieves is recorded.
    void result.settled.then(async (settled) => {
      if (settled.kind === 'answered') await complete(settled.answer);
      else await release();
    });
    return failed(event, result.cause);
  }
  if (result.kind === 'threw') {
    await release();
    return failed(event, result.cause, result.answer);
  }
  switch (await complete(result.answer)) {
    case 'recorded':
      return handled(event, result.answer);
    case 'unknown':
      return { ...handled(event, result.answer), completionLost: true };
    case 'refused':
      return failed(event, new Error('The claim was lost while the handler ran; somebody else owns the event now.'));
  }
}

async function claimInTime(store: DedupeStore, key: string, leaseSeconds: number): Promise<Claim> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pending = store.claim(key, leaseSeconds);
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), storeTimeoutSeconds * 1000);
  });
  try {
    const claim = await Promise.race([pending, late]);
    if (claim !== 'late') return claim;
  } finally {
    clearTimeout(timer);
  }
  // Should it come after all, nobody is going to use it.
  pending
    .then((claim) => (claim.state === 'claimed' ? store.release(key, claim.token) : undefined))
    .catch(() => undefined);
  throw storeError(new Error(`The store did not answer within ${storeTimeoutSeconds} s.`));
}

/** @returns what to refuse the payload with, or undefined where it is in order */
async function checkPayload(
  event: VerifiedEvent,
  schemas: ReadonlyMap<string, StandardSchemaV1>,
): Promise<WebhookError | undefined> {
  try {
    const { payload } = event;
    const schema = schemas.size === 0 || event.type === undefined ? undefined : schemas.get(event.type);
    if (schema === undefined) return undefined;
    const result = await schema['~standard'].validate(payload);
    // The issues may quote the payload, so only their number is told.
    if (result.issues !== undefined) {
      return new WebhookError('payload_invalid', {
        at: `schemas['${event.type}']`,
        hint: `Issues found: ${result.issues.length}.`,
      });
    }
    event.replacePayload(result.value);
    return undefined;
  } catch (error) {
    if (isWebhookError(error)) return error;
    return new WebhookError('options_invalid', {
      at: `schemas['${event.type}']`,
      hint: 'The schema threw.',
      cause: error,
    });
  }
}

/** Renews at a third of the lease. Tells the run when the claim is lost, or cannot be known to be held any longer. */
function renewLease(store: DedupeStore, key: string, token: string, leaseSeconds: number, run: HandlerRun): () => void {
  let heldUntil = Date.now() + leaseSeconds * 1000;
  const timer = setInterval(
    () => {
      const askedAt = Date.now();
      store.extend(key, token, leaseSeconds).then(
        (isHeld) => {
          if (isHeld) heldUntil = askedAt + leaseSeconds * 1000;
          else run.loseLease();
        },
        () => {
          if (Date.now() >= heldUntil) run.loseLease();
        },
      );
    },
    (leaseSeconds * 1000) / 3,
  );
  return () => clearInterval(timer);
}

async function recordCompletion(
  event: VerifiedEvent,
  identity: Identity,
  token: string,
  answer: HandlerAnswer | undefined,
  { store, retentionSeconds }: Dedupe,
): Promise<'recorded' | 'refused' | 'unknown'> {
  const stored = await storedAnswer(event, identity, answer);
  for (const delay of [...completionRetryDelays, undefined]) {
    try {
      return (await store.complete(identity.key, token, retentionSeconds, stored)) ? 'recorded' : 'refused';
    } catch {
      if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
  return 'unknown';
}

async function storedAnswer(
  event: VerifiedEvent,
  identity: Identity,
  answer: HandlerAnswer | undefined,
): Promise<StoredAnswer | undefined> {
  const fingerprint = identity.from === 'digest' ? undefined : await fingerprintOf(event);
  const stored: { -readonly [Name in keyof StoredAnswer]: StoredAnswer[Name] } = {};
  if (fingerprint !== undefined) stored.fingerprint = fingerprint;
  if (answer?.status !== undefined) stored.status = answer.status;
  const body = textOfBody(answer?.body);
  if (body !== undefined && body.length <= maxStoredBodyLength) {
    stored.body = body;
    const headers = Object.entries(answer?.headers ?? {}).filter(([name]) =>
      storedHeaders.includes(name.toLowerCase()),
    );
    if (headers.length > 0) stored.headers = Object.fromEntries(headers);
    else if (typeof answer?.body === 'object') stored.headers = { 'content-type': 'application/json' };
  }
  return Object.keys(stored).length === 0 ? undefined : stored;
}

function textOfBody(body: HandlerAnswer['body']): string | undefined {
  if (body === undefined || typeof body === 'string') return body;
  return body instanceof Uint8Array ? undefined : JSON.stringify(body);
}

async function duplicate(event: VerifiedEvent, identity: Identity, stored: StoredAnswer | undefined): Promise<Outcome> {
  const { fingerprint, ...answer } = stored ?? {};
  const isChanged =
    fingerprint !== undefined && identity.from !== 'digest' && fingerprint !== (await fingerprintOf(event));
  return {
    kind: 'duplicate',
    event,
    ...(Object.keys(answer).length > 0 && { answer }),
    ...(isChanged && { bodyChanged: true }),
  };
}

function handled(event: VerifiedEvent, answer: HandlerAnswer | undefined): Extract<Outcome, { kind: 'handled' }> {
  return answer === undefined ? { kind: 'handled', event } : { kind: 'handled', event, answer };
}

function failed(event: VerifiedEvent, cause: unknown, answer?: HandlerAnswer): Outcome {
  return answer === undefined ? { kind: 'failed', event, cause } : { kind: 'failed', event, cause, answer };
}

function storeError(cause: unknown): WebhookError {
  return new WebhookError('store_unavailable', { retryAfterSeconds: storeTimeoutSeconds, cause });
}

/** A release that fails costs no more than waiting for the lease to end. */
async function quietly(step: Promise<unknown>): Promise<void> {
  await step.catch(() => undefined);
}
