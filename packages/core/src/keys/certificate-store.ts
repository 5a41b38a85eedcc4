/** Caches senders' certificates: those that genuine deliveries need are separate from those that strangers can name. */

import type { PublicKey } from '../crypto/signature-algorithm.ts';
import type { Certificate } from '../crypto/x509.ts';
import { isWebhookError, WebhookError } from '../errors.ts';
import { AskedUrls } from './asked-urls.ts';
import { elapsedSince } from './elapsed-time.ts';
import { FetchBudget } from './fetch-budget.ts';
import { SharedWork } from './shared-work.ts';

/** A fetched certificate, with its chain and its key. */
export interface HeldCertificate {
  readonly certificates: readonly [Certificate, ...Certificate[]];
  readonly key: PublicKey;
}

/** The reason why there is no certificate at a URL. */
export interface CertificateFailure {
  readonly code: 'key_unknown' | 'key_unavailable';
  readonly hint: string;
  readonly cause?: unknown;
}

/** The functions that a store needs from its owner. */
export interface CertificateStoreOptions {
  /** Fetches and parses a certificate. Never rejects. */
  readonly read: (url: string) => Promise<HeldCertificate | CertificateFailure>;
  /** The reason why a certificate may not be used at a time, or undefined. */
  readonly findProblem: (held: HeldCertificate, now: number) => Promise<string | undefined>;
  readonly timeoutSeconds: number;
  readonly maxAgeSeconds: number;
}

/**
 * Maximum number of certificates that have verified a delivery, of others, and of remembered failures. Strangers may name any path on a
 * trusted host: that fills the second and third place, never the first.
 */
const maxProven = 32;
const maxUnproven = 32;
const maxFailures = 256;
/** Maximum number of URLs whose fetches are shared. On Workers, fetches of requests that were cut off would stay forever. */
const maxWorking = 64;
/** Time for which a failure of one URL is remembered. */
const failureSeconds = 30;
/** Fetches of URLs that have verified nothing yet: 32 in a row, then 10 a second, and at most 8 at once. */
const unprovenLimits = { burst: 32, perSecond: 10, atOnce: 8 };
/** The same for the one that is requested most often: deliveries of the sender are repeated, and all of them name it. */
const returningLimits = { burst: 8, perSecond: 5, atOnce: 4 };

interface Fetched {
  readonly held: HeldCertificate;
  readonly fetchedAt: number;
}

/** A certificate that has verified a delivery. */
interface Proven {
  fetched: Fetched;
  /** Time of the last failed refetch. */
  failedAt: number;
}

const late: CertificateFailure = { code: 'key_unavailable', hint: 'The certificate did not arrive in time.' };

/** Certificates by URL. Each map is in the order of use, the least recently used first. */
export class CertificateStore {
  readonly #options: CertificateStoreOptions;
  readonly #proven = new Map<string, Proven>();
  readonly #unproven = new Map<string, Fetched>();
  readonly #failures = new Map<string, CertificateFailure & { readonly at: number }>();
  readonly #working = new Map<string, SharedWork<Fetched>>();
  readonly #budget: FetchBudget;
  readonly #returningBudget: FetchBudget;
  readonly #asked = new AskedUrls();

  constructor(options: CertificateStoreOptions) {
    this.#options = options;
    const { timeoutSeconds } = options;
    this.#budget = new FetchBudget({ ...unprovenLimits, timeoutSeconds });
    this.#returningBudget = new FetchBudget({ ...returningLimits, timeoutSeconds });
  }

  /** Number of entries in each place. */
  get sizes(): Readonly<Record<'proven' | 'unproven' | 'failures' | 'working', number>> {
    return {
      proven: this.#proven.size,
      unproven: this.#unproven.size,
      failures: this.#failures.size,
      working: this.#working.size,
    };
  }

  /** The certificate at a trusted URL. @throws key_unknown, key_unavailable */
  async find(url: string, now: number): Promise<HeldCertificate> {
    const proven = this.#proven.get(url);
    if (proven !== undefined) {
      use(this.#proven, url, proven, maxProven);
      const { fetched } = this.#isFresh(proven.fetched, now) ? proven : await this.#findAgain(url, proven, now);
      return fetched.held;
    }
    const unproven = this.#unproven.get(url);
    if (unproven !== undefined && this.#isFresh(unproven, now)) return unproven.held;
    const failure = this.#failures.get(url);
    if (failure !== undefined) {
      const left = failureSeconds - elapsedSince(failure.at, now) / 1000;
      if (left > 0) throw refusalOf(failure, Math.max(1, Math.ceil(left)));
      this.#failures.delete(url);
    }
    return (await this.#findFirst(url, now)).held;
  }

  /** The certificate of a URL has verified a delivery: strangers can no longer push it out. */
  prove(url: string, held: HeldCertificate, now: number): void {
    const fetched = this.#unproven.get(url) ?? { held, fetchedAt: now };
    const proven = this.#proven.get(url) ?? { fetched, failedAt: Number.NEGATIVE_INFINITY };
    this.#unproven.delete(url);
    use(this.#proven, url, proven, maxProven);
  }

  #isFresh({ held, fetchedAt }: Fetched, now: number): boolean {
    const isYoung = elapsedSince(fetchedAt, now) < this.#options.maxAgeSeconds * 1000;
    return isYoung && now <= held.certificates[0].notAfter;
  }

  /** A URL that has verified nothing yet is fetched from the shared budget. */
  async #findFirst(url: string, now: number): Promise<Fetched> {
    const start = () => {
      const end = this.#budget.take(now) ?? (this.#asked.ask(url) ? this.#returningBudget.take(now) : undefined);
      if (end !== undefined) this.#asked.forget(url);
      return end === undefined ? undefined : this.#load(url, now).finally(end);
    };
    const fetched = await this.#share(url, start);
    if (fetched !== undefined) return fetched;
    throw new WebhookError('key_unavailable', {
      at: 'certificate',
      retryAfterSeconds: 5,
      hint: 'Too many certificates are being fetched that have verified no delivery yet. The response is 503, so the sender will retry. A flood of requests that name unknown certificate URLs is a likely cause.',
    });
  }

  /** A proven URL is refetched from its own budget: once, and after a failure once in 30 s. */
  async #findAgain(url: string, proven: Proven, now: number): Promise<Proven> {
    const load = async () => {
      try {
        const fetched = await this.#load(url, now);
        const problem = await this.#options.findProblem(fetched.held, now);
        if (problem !== undefined) throw refusalOf({ code: 'key_unknown', hint: problem }, failureSeconds);
        proven.fetched = fetched;
        return fetched;
      } catch (error) {
        proven.failedAt = now;
        throw error;
      }
    };
    const start = () => (elapsedSince(proven.failedAt, now) < failureSeconds * 1000 ? undefined : load());
    try {
      await this.#share(url, start);
    } catch {
      // While its URL fails, the last certificate stays in use; its validity is checked as always.
    }
    return proven;
  }

  async #share(url: string, start: () => Promise<Fetched> | undefined): Promise<Fetched | undefined> {
    const work = this.#working.get(url) ?? new SharedWork<Fetched>();
    use(this.#working, url, work, maxWorking);
    try {
      return (await work.wait(start, this.#options.timeoutSeconds))?.value;
    } catch (error) {
      throw isWebhookError(error) ? error : refusalOf(late, failureSeconds);
    } finally {
      if (work.isIdle && this.#working.get(url) === work) this.#working.delete(url);
    }
  }

  /** Fetches a certificate, and remembers the result. @throws key_unknown, key_unavailable */
  async #load(url: string, now: number): Promise<Fetched> {
    const read = await this.#options.read(url);
    const isProven = this.#proven.has(url);
    if ('code' in read) {
      if (!isProven) use(this.#failures, url, { ...read, at: now }, maxFailures);
      throw refusalOf(read, failureSeconds);
    }
    const fetched = { held: read, fetchedAt: now };
    if (!isProven) use(this.#unproven, url, fetched, maxUnproven);
    return fetched;
  }
}

/** Adds an entry at the end of a map, and drops the first one if there are too many. */
function use<Value>(map: Map<string, Value>, name: string, value: Value, most: number): void {
  map.delete(name);
  map.set(name, value);
  if (map.size > most) map.delete(map.keys().next().value as string);
}

function refusalOf({ code, hint, cause }: CertificateFailure, retryAfterSeconds: number): WebhookError {
  return new WebhookError(code, {
    at: 'certificate',
    hint,
    cause,
    ...(code === 'key_unavailable' && { retryAfterSeconds }),
  });
}
