/** Holds back what an app's own handler answers until the claim on the event has been seen to. */

import type { ServerResponse } from 'node:http';
import { type HandlerAnswer, WebhookError } from '@countersign/core';
import { recordedLimit } from '../pipeline/webhook-options.ts';
import { isGone, sendPlain500 } from './refusal.ts';

type Method = (...given: unknown[]) => unknown;

/** Most bytes that an answer may have while it waits. */
const heldLimit = 1_048_576;
const headMethods = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const;
const bodyMethods = ['write', 'end', 'writeHead', 'flushHeaders'] as const;
const methods = [...headMethods, ...bodyMethods, 'destroy'] as const;
const shadowed = [...methods, 'statusCode', 'headersSent', 'writableEnded'] as const;

/** The fields of a head that are put on record, or say that the body is not to be. */
interface RecordedFields {
  'content-type'?: string | undefined;
  'content-encoding'?: string | undefined;
}

/**
 * Takes the place of the methods that send, until the answer is sent or another one goes out in its place.
 *
 * To the app it looks as if its answer had left: once it has begun, `headersSent` is true and headers are final, so a
 * handler that answers twice cannot change what it said first. Where the sender was answered without the app, the app goes on
 * answering into nothing, as if nobody had answered yet, and what it says is still heard: the status that it gives is its own and
 * never the one that the sender got.
 */
export class HeldResponse {
  /** Resolves with the app's answer when it ends the response; rejects when it answers more than can be held, or destroys it. */
  readonly answered: Promise<HandlerAnswer>;
  readonly #response: ServerResponse;
  /** Other middleware has methods of its own here (compression, sessions); they are put back as they were. */
  readonly #before: readonly (readonly [string, PropertyDescriptor | undefined])[];
  readonly #original: Readonly<Record<string, Method>>;
  /** What stands in their place. */
  readonly #own: Readonly<Record<(typeof bodyMethods)[number] | 'destroy', Method>> = {
    write: (...given) => this.#write(given),
    end: (...given) => this.#end(given),
    writeHead: (...given) => this.#writeHead(given),
    flushHeaders: () => this.#begin(),
    destroy: (...given) => this.#destroy(given),
  };
  readonly #chunks: Uint8Array[] = [];
  readonly #fields: RecordedFields = {};
  /** What the app has done so far. */
  #phase: 'open' | 'begun' | 'ended' = 'open';
  /** Whether the sender has been answered without the app. */
  #isAnsweredWithout = false;
  #isClosed = false;
  #isDestroyed = false;
  #isHeadAsked = false;
  #heldBytes = 0;
  /** The status that the app has given so far; final once its answer has begun. */
  #status: number;
  /** The status that the sender was given without the app. */
  #sentStatus = 0;
  #tell: (names: readonly ('finish' | 'close')[]) => void = () => undefined;
  #resolve: (answer: HandlerAnswer) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(response: ServerResponse) {
    const own = response as unknown as Record<string, Method>;
    this.#response = response;
    this.#status = response.statusCode;
    this.#before = shadowed.map((name) => [name, Object.getOwnPropertyDescriptor(response, name)]);
    this.#original = Object.fromEntries(methods.map((name) => [name, own[name] as Method]));
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // It may be rejected after the deadline, when nobody listens any longer.
    this.answered.catch(() => undefined);
    this.#shadowAll();
  }

  /** Whether the app has ended the response. */
  get isAnswered(): boolean {
    return this.#phase === 'ended';
  }

  /** Lets the app's answer go out. */
  send(): void {
    this.#restore();
    this.#response.statusCode = this.#status;
    try {
      if (this.#chunks.length === 0) this.#response.end();
      else this.#response.end(Buffer.concat(this.#chunks));
    } catch {
      // Node refuses what the app has put together, and the app has long gone on.
      sendPlain500(this.#response);
    }
  }

  /** Has another answer written. What the app says from now on, or has said, goes nowhere. */
  replace(write: () => void): void {
    const response = this.#response;
    const late = shadowed.map((name) => [name, Object.getOwnPropertyDescriptor(response, name)] as const);
    this.#restore();
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    write();
    const goOn = () => {
      this.#sentStatus = response.statusCode;
      this.#isAnsweredWithout = true;
      for (const [name, descriptor] of late) Object.defineProperty(response, name, descriptor as PropertyDescriptor);
    };
    // A session that is saved before the end leaves: whoever delays it needs the methods as they are.
    if (response.headersSent || isGone(response)) goOn();
    else response.once('finish', goOn);
    const close = () => {
      this.#isClosed = true;
      // Others who hear of the close look whether it came before the end.
      queueMicrotask(() => this.#lookOpen());
    };
    if (isGone(response)) close();
    else response.once('close', close);
  }

  /** To those who look before they answer, as Koa does, and streams that are piped in. Until the close Node itself needs these. */
  #lookOpen(): void {
    const response = this.#response;
    const heard = new Set([...response.rawListeners('finish'), ...response.rawListeners('close')]);
    /** To those alone who have come since: a stream that was piped in, and not a log that has counted this response. */
    this.#tell = (names) => {
      process.nextTick(() => {
        for (const name of names)
          for (const listener of response.rawListeners(name)) if (!heard.has(listener)) listener.call(response);
      });
    };
    const isEnded = () => this.#phase === 'ended';
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
    this.#shadow('headersSent', { get: () => this.#phase !== 'open' });
    this.#shadow('writableEnded', { get: () => this.#phase === 'ended' });
    this.#shadow('statusCode', {
      // Whoever logs the request when it is over wants what the sender got.
      get: () => (this.#isAnsweredWithout && !this.#isClosed ? this.#sentStatus : this.#status),
      set: (status: number) => {
        if (this.#phase === 'open') this.#status = status;
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
    if (this.#phase !== 'open') {
      if (this.#isAnsweredWithout) return this.#response;
      throw headersSentError(name);
    }
    if (!this.#isAnsweredWithout) return this.#original[name]?.apply(this.#response, given);
    if (name === 'setHeader') this.#note(given[0], given[1]);
    return this.#response;
  }

  /** Remembers a field of the head where it matters to the record. */
  #note(name: unknown, value: unknown): void {
    const field = String(name).toLowerCase();
    if (field === 'content-type' || field === 'content-encoding')
      this.#fields[field] = value === undefined ? undefined : String(value);
  }

  #begin(): void {
    if (this.#phase !== 'open') return;
    const response = this.#response;
    if (!this.#isAnsweredWithout) {
      if (!this.#isHeadAsked && response.writeHead !== (this.#own.writeHead as unknown)) {
        // Middleware behind this one waits for the head, to add to it, as Node itself would have asked for it now.
        this.#isHeadAsked = true;
        response.writeHead(this.#status);
      }
      for (const name of ['content-type', 'content-encoding']) this.#note(name, response.getHeader(name));
    }
    this.#phase = 'begun';
  }

  #write(given: unknown[]): boolean {
    const callback = this.#keep(given);
    if (callback !== undefined) process.nextTick(callback);
    return true;
  }

  #end(given: unknown[]): ServerResponse {
    const response = this.#response;
    const callback = this.#keep(given);
    if (callback !== undefined && (response.destroyed || this.#isClosed)) process.nextTick(callback);
    else if (callback !== undefined) response.once('close', callback);
    this.#phase = 'ended';
    this.#resolve(this.#answer());
    this.#tell(['finish', 'close']);
    return response;
  }

  #writeHead(given: unknown[]): ServerResponse {
    const response = this.#response;
    if (this.#phase !== 'open') return response;
    const [code, reason, fields] = typeof given[1] === 'string' ? given : [given[0], undefined, given[1]];
    this.#status = Number(code);
    if (reason !== undefined && !this.#isAnsweredWithout) response.statusMessage = reason as string;
    for (const [name, value] of fieldsOf(fields)) response.setHeader(name, value);
    this.#isHeadAsked = true;
    this.#begin();
    return response;
  }

  /** A stream that failed while it was sent, for one: the sender is told nothing, so it comes again. */
  #destroy(given: unknown[]): unknown {
    const [cause] = given;
    this.#isDestroyed = true;
    this.#reject(cause ?? new Error('The app destroyed the response before its end.'));
    this.#tell(['close']);
    return this.#original.destroy?.apply(this.#response, given);
  }

  /** Keeps a chunk; returns the callback among the arguments. */
  #keep(given: unknown[]): (() => void) | undefined {
    const [chunk, encoding] = given;
    this.#begin();
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) {
      this.#heldBytes += chunk.length;
      if (this.#heldBytes > heldLimit) {
        // Not thrown: here a stream's event would take it out of the process.
        const hint = 'The answer to a webhook is held until it is on record, and may have 1 MiB.';
        this.#reject(new WebhookError('options_invalid', { at: 'response', hint }));
      } else if (this.#phase === 'begun' && !(this.#isAnsweredWithout && this.#heldBytes > recordedLimit)) {
        // A copy, since the app may use its buffer again as soon as it is called back.
        this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, encodingOf(encoding)) : Buffer.from(chunk));
      }
    } else if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') {
      throw new TypeError('A chunk of a response has to be a string, a Buffer or a Uint8Array.');
    }
    return given.find((entry) => typeof entry === 'function') as (() => void) | undefined;
  }

  /** What goes on record: the status, and a small body that is no compressed one. */
  #answer(): HandlerAnswer {
    const { 'content-type': type, 'content-encoding': encoding = 'identity' } = this.#fields;
    const isRecorded = this.#heldBytes > 0 && this.#heldBytes <= recordedLimit && encoding === 'identity';
    return {
      status: this.#status,
      ...(isRecorded && { body: Buffer.concat(this.#chunks) }),
      ...(isRecorded && type !== undefined && { headers: { 'content-type': type } }),
    };
  }
}

function encodingOf(encoding: unknown): BufferEncoding {
  return typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';
}

/** The fields that `writeHead` takes: a record, pairs, or names and values in turn. */
function fieldsOf(fields: unknown): [string, string | string[]][] {
  if (!Array.isArray(fields)) return Object.entries((fields ?? {}) as Record<string, string>);
  if (Array.isArray(fields[0])) return fields as [string, string][];
  return fields.flatMap((name, index) => (index % 2 === 0 ? [[name, fields[index + 1]] as [string, string]] : []));
}

function headersSentError(name: string): Error {
  const error = new Error(`Cannot call ${name} after the answer has begun.`);
  return Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' });
}
