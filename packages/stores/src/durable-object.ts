/**
 * A dedupe store in Durable Objects: keys are spread over objects, each of which decides alone and has its own table.
 */

import { type Claim, type DedupeStore, defineStore, type StoredResponse, WebhookError } from '@countersign/core';
import { attemptMemorySeconds } from './claim-record.ts';
import { defaultTable } from './sql-store.ts';
import { type Statement, schemaStatements, sqliteSteps } from './sqlite-statements.ts';
import { type StepsByToken, withSureReleases } from './sure-releases.ts';
import { sweepBatchSize } from './sweeper.ts';
import { withBareErrors } from './with-bare-errors.ts';

/** The parts of a binding to the namespace of {@link ClaimsObject} that the store uses. */
export interface ClaimsNamespace {
  idFromName(name: string): object;
  get(id: object): {
    fetch(url: string, init: { method: string; body: string }): Promise<{ ok: boolean; json(): Promise<unknown> }>;
  };
}

export interface DurableObjectStoreOptions {
  /** Your binding to the class `ClaimsObject`, such as `env.CLAIMS`. */
  readonly namespace: ClaimsNamespace;
  /**
   * Number of objects over which keys are spread: a whole number from 1 to 10 000, default 32. A different number finds
   * different objects, so after a change, events that are done or in progress run once more if they are delivered
   * again.
   */
  readonly shards?: number;
}

/** The parts of the runtime's state that {@link ClaimsObject} uses. */
export interface ClaimsObjectState {
  readonly storage: {
    readonly sql: {
      exec(sql: string, ...values: (string | number | null)[]): { toArray(): Record<string, unknown>[] };
    };
    getAlarm(): Promise<number | null>;
    setAlarm(at: number): Promise<void>;
  };
}

/** The request that the store sends to an object, as JSON. */
type Step =
  | {
      readonly step: 'claim';
      readonly key: string;
      readonly leaseSeconds: number;
      /**
       * Made by the caller, who uses it to release the claim if the answer was lost. A caller of an older version sends
       * none.
       */
      readonly token?: string | undefined;
    }
  | { readonly step: 'extend'; readonly key: string; readonly token: string; readonly leaseSeconds: number }
  | {
      readonly step: 'complete';
      readonly key: string;
      readonly token: string;
      readonly retentionSeconds: number;
      readonly response?: StoredResponse | undefined;
    }
  | { readonly step: 'release'; readonly key: string; readonly token: string; readonly ran?: boolean | undefined }
  | {
      readonly step: 'raiseWatermark';
      readonly key: string;
      readonly position?: number | undefined;
      readonly retentionSeconds: number;
    };

/** An object wakes up for expired records at most this often. */
const sweepPauseMilliseconds = 3_600_000;

/**
 * Remembers claims in Durable Objects with SQLite, for Workers: nothing to migrate, and objects share the load.
 *
 * Export {@link ClaimsObject} from the Worker, and name it in wrangler's configuration under `new_sqlite_classes`.
 *
 * Leases and retention use the clock of the object's machine and end to the millisecond. A claim and a completion are
 * one request each, to the object of the key, which lives where it was first used. Consistency is strong: an object
 * runs one step at a time, and answers when the step is on disk. If Cloudflare moves or restarts an object, the steps
 * in progress fail; the response to their deliveries is 503, so the sender will retry. An alarm removes expired
 * records, at most once an hour per object.
 *
 * @example
 * export { ClaimsObject } from '@countersign/stores/durable-object';
 *
 * const store = durableObjectStore({ namespace: env.CLAIMS });
 *
 * @throws options_invalid
 */
export function durableObjectStore({ namespace, shards = 32 }: DurableObjectStoreOptions): DedupeStore {
  if (typeof namespace?.idFromName !== 'function' || typeof namespace.get !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'durableObjectStore.namespace',
      hint: 'Expected the binding to the class ClaimsObject, such as env.CLAIMS.',
    });
  }
  if (!Number.isInteger(shards) || shards < 1 || shards > 10_000) {
    throw new WebhookError('options_invalid', {
      at: 'durableObjectStore.shards',
      hint: 'Expected a whole number from 1 to 10000.',
    });
  }
  const run = async (step: Step): Promise<unknown> => {
    const id = namespace.idFromName(`countersign:${shardOf(step.key, shards)}`);
    // The URL is never resolved: it only has to be valid.
    const response = await namespace.get(id).fetch('https://claims.invalid/', {
      method: 'POST',
      body: JSON.stringify(step),
    });
    if (!response.ok) {
      throw new WebhookError('store_unavailable', {
        at: 'durableObjectStore',
        hint: 'The Durable Object refused a step. Does the binding name the class ClaimsObject from this version of the package?',
      });
    }
    return ((await response.json()) as { result?: unknown }).result;
  };
  const steps: StepsByToken = {
    claim: async (key, leaseSeconds, token) => {
      const claim = (await run({ step: 'claim', key, leaseSeconds, token })) as Claim;
      return claim.state === 'done' ? { state: 'done', response: claim.response } : claim;
    },
    extend: async (key, token, leaseSeconds) => (await run({ step: 'extend', key, token, leaseSeconds })) === true,
    complete: async (key, token, retentionSeconds, response) =>
      (await run({ step: 'complete', key, token, retentionSeconds, response })) === true,
    release: async (key, token, options) => (await run({ step: 'release', key, token, ran: options?.ran })) === true,
    raiseWatermark: async (key, position, retentionSeconds) =>
      (await run({ step: 'raiseWatermark', key, position, retentionSeconds })) as number | undefined,
  };
  return defineStore(withBareErrors(withSureReleases(steps)));
}

/**
 * The object that a key belongs to: FNV-1a over the key's UTF-16 units. It spreads keys and hides nothing.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
 */
function shardOf(key: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < key.length; place++) hash = Math.imul(hash ^ key.charCodeAt(place), 0x01000193);
  return (hash >>> 0) % shards;
}

/**
 * The object that keeps the claims of its share of the keys. Export it from your Worker; do not call its methods
 * yourself.
 *
 * It creates its table itself and removes expired records with its alarm. It needs SQLite storage.
 */
export class ClaimsObject {
  readonly #storage: ClaimsObjectState['storage'];
  readonly #steps = sqliteSteps(defaultTable);
  /** The time of the alarm, once known; undefined if none is set. */
  #alarmAt: Promise<number | undefined> | undefined;

  constructor(state: ClaimsObjectState) {
    this.#storage = state.storage;
    for (const statement of schemaStatements(defaultTable)) this.#storage.sql.exec(statement);
  }

  /** Runs one step for the store. */
  async fetch(request: Request): Promise<Response> {
    const step = (await request.json()) as Step;
    // No await in between: reads and writes in one turn are one transaction.
    const result = this.#run(step);
    if (result === undefined) return new Response(null, { status: 400 });
    await this.#sweepLater(step);
    return Response.json(result);
  }

  /** Removes expired records, in batches, and sets the next alarm while there are records. */
  async alarm(): Promise<void> {
    const removed = this.#all(this.#steps.sweep(sweepBatchSize)).length;
    const [next] = this.#storage.sql.exec(`SELECT min(expires_at) AS at FROM ${defaultTable}`).toArray();
    const nextExpiry = next?.at as number | null | undefined;
    this.#alarmAt = Promise.resolve(undefined);
    if (removed >= sweepBatchSize) await this.#setAlarm(Date.now());
    else if (typeof nextExpiry === 'number') await this.#setAlarm(alarmFor(nextExpiry));
  }

  /** The result of a step, in a box so that an empty result differs from an unknown step. */
  #run(step: Step): { result: unknown } | undefined {
    const steps = this.#steps;
    const isOne = (statement: Statement) => ({ result: this.#all(statement).length === 1 });
    switch (step.step) {
      case 'claim': {
        const { token = steps.createToken() } = step;
        const claimed = this.#all(steps.claim(step.key, token, step.leaseSeconds));
        return { result: steps.claimOf(token, claimed, claimed.length > 0 ? [] : this.#all(steps.read(step.key))) };
      }
      case 'extend':
        return isOne(steps.extend(step.key, step.token, step.leaseSeconds));
      case 'complete':
        return isOne(steps.complete(step.key, step.token, step.retentionSeconds, step.response));
      case 'release': {
        const released = isOne(steps.release(step.key, step.token, { ran: step.ran !== false }));
        if (!released.result && step.ran === false) this.#all(steps.abandon(step.key, step.token));
        return released;
      }
      case 'raiseWatermark': {
        const result = steps.watermarkOf(this.#all(steps.readWatermark(step.key)));
        if (step.position !== undefined) {
          this.#all(steps.raiseWatermark(step.key, step.position, step.retentionSeconds));
        }
        return { result };
      }
      default:
        return undefined;
    }
  }

  #all([sql, values]: Statement): Record<string, unknown>[] {
    return this.#storage.sql.exec(sql, ...values).toArray();
  }

  /**
   * Moves the alarm forward if the record that a step wrote expires before it. For most steps the alarm is early
   * enough.
   */
  async #sweepLater(step: Step): Promise<void> {
    const leaseSeconds = 'leaseSeconds' in step ? step.leaseSeconds : 0;
    const keptSeconds = 'retentionSeconds' in step ? step.retentionSeconds : leaseSeconds + attemptMemorySeconds;
    const wanted = alarmFor(Date.now() + keptSeconds * 1000);
    try {
      this.#alarmAt ??= this.#storage.getAlarm().then((at) => at ?? undefined);
      const alarmAt = await this.#alarmAt;
      if (alarmAt === undefined || alarmAt > wanted + sweepPauseMilliseconds) await this.#setAlarm(wanted);
    } catch {
      // The step itself is on disk, and the next one sets the alarm again.
      this.#alarmAt = undefined;
    }
  }

  async #setAlarm(at: number): Promise<void> {
    this.#alarmAt = Promise.resolve(at);
    await this.#storage.setAlarm(at);
  }
}

/** The time to check for a record that expires then. */
function alarmFor(expiresAt: number): number {
  return Math.max(expiresAt, Date.now() + sweepPauseMilliseconds);
}
