/** Holds back the response of an app's own handler until the claim on the event is settled. */

import type { ServerResponse } from 'node:http';
import { type HandlerResponse, type ReceiverLog, WebhookError } from '@countersign/core';
import { recordedLimit } from '../pipeline/webhook-options.ts';
import { isGone, sendPlain500 } from './refusal.ts';

type Method = (...given: unknown[]) => unknown;

/** Maximum size of a response while it is held, in bytes. */
const heldLimit = 1_048_576;
const headMethods = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const;
const bodyMethods = ['write', 'end', 'writeHead', 'flushHeaders'] as const;
const methods = [...headMethods, ...bodyMethods, 'destroy'] as const;
const shadowed = [...methods, 'statusCode', 'headersSent', 'writableEnded'] as const;

/** The header fields that are recorded, or that prevent recording the body. */
interface RecordedFields {
  'content-type'?: string | undefined;
  'content-encoding'?: string | undefined;
}

/**
 * Replaces the methods that send, until the response is sent or another one is sent instead.
 *
 * To the app it looks as if its response had been sent: once it has begun, `headersSent` is true and headers are final,
 * so a handler that responds twice cannot change its first response. If the sender was answered without the app, the
 * app's writes are discarded as if no one had responded yet, but its status is still recorded: that status is always
 * the app's own, never the one that the sender got.
 */
export class HeldResponse {
  /**
   * Resolves with the app's response when it ends; rejects if the response is larger than can be held, or the app
   * destroys it.
   */
  readonly answered: Promise<HandlerResponse>;
  readonly #response: ServerResponse;
  readonly #log: ReceiverLog;
  /** Other middleware has its own methods here (compression, sessions); they are restored unchanged. */
  readonly #before: readonly (readonly [string, PropertyDescriptor | undefined])[];
  readonly #original: Readonly<Record<string, Method>>;
  /** Their replacements. */
  readonly #own: Readonly<Record<(typeof bodyMethods)[number] | 'destroy', Method>> = {
    write: (...given) => this.#write(given),
    end: (...given) => this.#end(given),
    writeHead: (...given) => this.#writeHead(given),
    flushHeaders: () => this.#begin(),
    destroy: (...given) => this.#destroy(given),
  };
  readonly #chunks: Uint8Array[] = [];
  readonly #fields: RecordedFields = {};
  /** The part of the response that the app has sent: nothing final, its head, or all of it. */
  #app: 'open' | 'begun' | 'ended' = 'open';
  /**
   * The sender's view: it waits for the app, it was answered without the app, or its connection was closed after that.
   */
  #sender: 'waiting' | 'answered' | 'closed' = 'waiting';
  /** True if the app aborted its response. */
  #isDestroyed = false;
  #isHeadAsked = false;
  #heldBytes = 0;
  /** The status that the app has set so far; final once its response has begun. */
  #status: number;
  /** The status that was sent without the app. */
  #sentStatus = 0;
  #tell: (names: readonly ('finish' | 'close')[]) => void = () => undefined;
  #resolve: (answer: HandlerResponse) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(response: ServerResponse, log: ReceiverLog) {
    this.#log = log;
    const own = response as unknown as Record<string, Method>;
    this.#response = response;
    this.#status = response.statusCode;
    this.#before = shadowed.map((name) => [name, Object.getOwnPropertyDescriptor(response, name)]);
    this.#original = Object.fromEntries(methods.map((name) => [name, own[name] as Method]));
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // It may be rejected after the deadline, when no one is listening any more.
    this.answered.catch(() => undefined);
    this.#shadowAll();
  }

  /** True if the app has ended the response. */
  get isAnswered(): boolean {
    return this.#app === 'ended';
  }

  /** Rejects the response of an app whose code failed before it responded. */
  fail(error: unknown): void {
    // The response has counted; without this line, nobody would learn of the error.
    if (this.isAnswered) this.#log.error('countersign: the code behind a webhook failed after it had responded', error);
    this.#reject(error);
  }

  /** Sends the app's response. */
  send(): void {
    this.#restore();
    this.#response.statusCode = this.#status;
    try {
      if (this.#chunks.length === 0) this.#response.end();
      else this.#response.end(Buffer.concat(this.#chunks));
    } catch {
      // Node rejects the app's response, and the app has long since moved on.
      sendPlain500(this.#response);
    }
  }

  /** Sends another response. Everything that the app writes before or after this is discarded. */
  replace(write: () => void): void {
    const response = this.#response;
    const late = shadowed.map((name) => [name, Object.getOwnPropertyDescriptor(response, name)] as const);
    this.#restore();
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    write();
    const goOn = () => {
      this.#sentStatus = response.statusCode;
      if (this.#sender === 'waiting') this.#sender = 'answered';
      for (const [name, descriptor] of late) Object.defineProperty(response, name, descriptor as PropertyDescriptor);
    };
    // For a session that is saved before the response ends: the code that delays the end needs the current methods.
    if (response.headersSent || isGone(response)) goOn();
    else response.once('finish', goOn);
    const close = () => {
      this.#sender = 'closed';
      // Other listeners for `close` check if it came before the end.
      queueMicrotask(() => this.#lookOpen());
    };
    if (isGone(response)) close();
    else response.once('close', close);
  }

  /**
   * For code that checks before it responds, as Koa does, and for streams that are piped in. Until `close`, Node itself
   * needs these.
   */
  #lookOpen(): void {
    const response = this.#response;
    const heard = new Set([...response.rawListeners('finish'), ...response.rawListeners('close')]);
    /**
     * Only for listeners added since: a stream that was piped in, not a logger that has already counted this response.
     */
    this.#tell = (names) => {
      process.nextTick(() => {
        for (const name of names)
          for (const listener of response.rawListeners(name)) if (!heard.has(listener)) listener.call(response);
      });
    };
    const isEnded = () => this.#app === 'ended';
    this.#shadow('finished', { get: isEnded });
    this.#shadow('writableFinished', { get: isEnded });
    this.#shadow('writable', { get: () => !isEnded() && !this.#isDestroyed, set: () => undefined });
    this.#shadow('closed', { get: () => this.#isDestroyed });
    this.#shadow('destroyed', { get: () => this.#isDestroyed, set: () => undefined });
    this.#shadow('errored', { get: () => null });
  }

  #shadowAll(): void {
    for (const name of headMethods)
      this.#shadow(name, { writable: true, value: (...given: unknown[]) => this.#changeHead(name, given) });
    for (const [name, value] of Object.entries(this.#own)) this.#shadow(name, { writable: true, value });
    this.#shadow('headersSent', { get: () => this.#app !== 'open' });
    this.#shadow('writableEnded', { get: () => this.#app === 'ended' });
    this.#shadow('statusCode', {
      // A logger that runs at the end of the request needs the response that the sender got.
      get: () => (this.#sender === 'answered' ? this.#sentStatus : this.#status),
      set: (status: number) => {
        if (this.#app === 'open') this.#status = status;
      },
    });
  }

  #shadow(name: string, descriptor: PropertyDescriptor): void {
    Object.defineProperty(this.#response, name, { configurable: true, enumerable: true, ...descriptor });
  }

  #restore(): void {
    for (const [name, descriptor] of this.#before) {
      Reflect.deleteProperty(this.#response, name);
      if (descriptor !== undefined) Object.defineProperty(this.#response, name, descriptor);
    }
  }

  #changeHead(name: (typeof headMethods)[number], given: unknown[]): unknown {
    if (this.#app !== 'open') {
      if (this.#sender !== 'waiting') return this.#response;
      throw headersSentError(name);
    }
    if (this.#sender === 'waiting') return this.#original[name]?.apply(this.#response, given);
    if (name === 'setHeader') this.#note(given[0], given[1]);
    return this.#response;
  }

  /** Remembers a header field if it matters for the record. */
  #note(name: unknown, value: unknown): void {
    const field = String(name).toLowerCase();
    if (field === 'content-type' || field === 'content-encoding')
      this.#fields[field] = value === undefined ? undefined : String(value);
  }

  #begin(): void {
    if (this.#app !== 'open') return;
    const response = this.#response;
    if (this.#sender === 'waiting') {
      if (!this.#isHeadAsked && response.writeHead !== (this.#own.writeHead as unknown)) {
        // Middleware after this one waits for the head, to add to it; Node itself would have asked for it now.
        this.#isHeadAsked = true;
        response.writeHead(this.#status);
      }
      for (const name of ['content-type', 'content-encoding']) this.#note(name, response.getHeader(name));
    }
    this.#app = 'begun';
  }

  #write(given: unknown[]): boolean {
    const callback = this.#keep(given);
    if (callback !== undefined) process.nextTick(callback);
    return true;
  }

  #end(given: unknown[]): ServerResponse {
    const response = this.#response;
    const callback = this.#keep(given);
    if (callback !== undefined && (response.destroyed || this.#sender === 'closed')) process.nextTick(callback);
    else if (callback !== undefined) response.once('close', callback);
    this.#app = 'ended';
    this.#resolve(this.#answer());
    this.#tell(['finish', 'close']);
    return response;
  }

  #writeHead(given: unknown[]): ServerResponse {
    const response = this.#response;
    if (this.#app !== 'open') return response;
    const [code, reason, fields] = typeof given[1] === 'string' ? given : [given[0], undefined, given[1]];
    this.#status = wholeStatus(code);
    if (reason !== undefined && this.#sender === 'waiting') response.statusMessage = reason as string;
    for (const [name, value] of fieldsOf(fields)) response.setHeader(name, value);
    this.#isHeadAsked = true;
    this.#begin();
    return response;
  }

  /** For example a stream that failed while being sent: the sender gets no response, so it retries. */
  #destroy(given: unknown[]): unknown {
    const [cause] = given;
    this.#isDestroyed = true;
    this.#reject(cause ?? new Error('The app destroyed the response before it ended.'));
    this.#tell(['close']);
    return this.#original.destroy?.apply(this.#response, given);
  }

  /** Keeps a chunk; returns the callback from the arguments. */
  #keep(given: unknown[]): (() => void) | undefined {
    const [chunk, encoding] = given;
    const isKept = typeof chunk === 'string' || chunk instanceof Uint8Array;
    // Before anything has begun: the app can still respond with an error.
    if (!isKept && chunk !== undefined && chunk !== null && typeof chunk !== 'function')
      throw new TypeError('Expected a response chunk that is a string, a Buffer or a Uint8Array.');
    this.#begin();
    if (isKept) {
      this.#heldBytes += chunk.length;
      if (this.#heldBytes > heldLimit) {
        // Not thrown: in a stream's event handler, a throw would end the process.
        const hint = 'The response to a webhook is held until the event is on record, and is limited to 1 MiB.';
        this.#reject(new WebhookError('options_invalid', { at: 'response', hint }));
      } else if (this.#app === 'begun' && !(this.#sender !== 'waiting' && this.#heldBytes > recordedLimit)) {
        // A copy, since the app may use its buffer again as soon as it is called back.
        this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, encodingOf(encoding)) : Buffer.from(chunk));
      }
    }
    return given.find((entry) => typeof entry === 'function') as (() => void) | undefined;
  }

  /** The part that is recorded: the status, and a small uncompressed body. */
  #answer(): HandlerResponse {
    const { 'content-type': type, 'content-encoding': encoding = 'identity' } = this.#fields;
    const isRecorded = this.#heldBytes > 0 && this.#heldBytes <= recordedLimit && encoding === 'identity';
    return {
      status: wholeStatus(this.#status),
      ...(isRecorded && { body: Buffer.concat(this.#chunks) }),
      ...(isRecorded && type !== undefined && { headers: { 'content-type': type } }),
    };
  }
}

/** Node sends the status `'200'` as 200, and so does Express 4. */
export function wholeStatus(status: unknown): number {
  return Number(status) | 0;
}

function encodingOf(encoding: unknown): BufferEncoding {
  return typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';
}

/** The fields accepted by `writeHead`: a record, pairs, or alternating names and values. */
function fieldsOf(fields: unknown): [string, string | string[]][] {
  if (!Array.isArray(fields)) return Object.entries((fields ?? {}) as Record<string, string>);
  if (Array.isArray(fields[0])) return fields as [string, string][];
  return fields.flatMap((name, index) => (index % 2 === 0 ? [[name, fields[index + 1]] as [string, string]] : []));
}

function headersSentError(name: string): Error {
  const error = new Error(`Cannot call ${name} after the response has begun.`);
  return Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' });
}
