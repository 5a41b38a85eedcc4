/** Holds back what an app's own handler answers until the claim on the event has been seen to. */

import type { ServerResponse } from 'node:http';
import { type HandlerAnswer, WebhookError } from '@countersign/core';

/** A response whose bytes wait. */
export interface HeldResponse {
  /** Resolves with the app's status when it ends the response; rejects when it answers more than can be held. */
  readonly answered: Promise<HandlerAnswer>;
  /** Whether the app has ended the response. */
  readonly isAnswered: boolean;
  /** Lets the app's answer go out. */
  send(): void;
  /** Throws the app's answer away, also one that is still to come, and lets another be written. */
  replace(write: () => void): void;
}

type Method = (...given: unknown[]) => unknown;

/** Most bytes that an answer may have while it waits. */
const heldLimit = 1_048_576;
const headMethods = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const;
const bodyMethods = ['write', 'end', 'writeHead', 'flushHeaders'] as const;
const shadowed = [...headMethods, ...bodyMethods, 'headersSent', 'writableEnded'] as const;

/**
 * Takes the place of the methods that send, until the answer is sent or replaced.
 *
 * To the app it looks as if its answer had left: once it has begun, `headersSent` is true and headers are final, so a
 * handler that answers twice cannot change what it said first.
 */
export function holdResponse(response: ServerResponse): HeldResponse {
  const target = response as unknown as Record<string, Method>;
  // Other middleware has methods of its own here (compression, sessions); they are put back as they were.
  const before = shadowed.map((name) => [name, Object.getOwnPropertyDescriptor(response, name)] as const);
  const original = Object.fromEntries([...headMethods, ...bodyMethods].map((name) => [name, target[name] as Method]));
  const chunks: Uint8Array[] = [];
  let state: 'open' | 'begun' | 'ended' | 'replaced' = 'open';
  let heldBytes = 0;
  let status: number | undefined;
  let resolve: (answer: HandlerAnswer) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const answered = new Promise<HandlerAnswer>((...settle) => {
    [resolve, reject] = settle;
  });
  // It may be rejected after the deadline, when nobody listens any longer.
  answered.catch(() => undefined);

  let isHeadAsked = false;
  const begin = () => {
    if (state !== 'open') return;
    if (!isHeadAsked && response.writeHead !== held.writeHead) {
      // Middleware behind this one waits for the head, to add to it, as Node itself would have asked for it now.
      isHeadAsked = true;
      response.writeHead(response.statusCode);
    }
    state = 'begun';
    status = response.statusCode;
  };
  /** Keeps a chunk; returns the callback among the arguments. */
  const keep = (given: unknown[]): (() => void) | undefined => {
    const [chunk, encoding] = given;
    begin();
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) {
      heldBytes += chunk.length;
      if (heldBytes > heldLimit) {
        // Not thrown: here a stream's event would take it out of the process.
        const hint = 'The answer to a webhook is held until it is on record, and may have 1 MiB.';
        reject(new WebhookError('options_invalid', { at: 'response', hint }));
      } else if (state === 'begun') {
        // A copy, since the app may use its buffer again as soon as it is called back.
        chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, encodingOf(encoding)) : Buffer.from(chunk));
      }
    } else if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') {
      throw new TypeError('A chunk of a response has to be a string, a Buffer or a Uint8Array.');
    }
    return given.find((entry) => typeof entry === 'function') as (() => void) | undefined;
  };

  const shadow = (name: (typeof shadowed)[number], descriptor: PropertyDescriptor) =>
    Object.defineProperty(response, name, { configurable: true, enumerable: true, ...descriptor });
  for (const name of headMethods) {
    const change: Method = (...given) => {
      if (state === 'replaced') return response;
      if (state !== 'open') throw headersSentError(name);
      return original[name]?.apply(response, given);
    };
    shadow(name, { writable: true, value: change });
  }
  const held: Record<(typeof bodyMethods)[number], Method> = {
    write(...given) {
      const callback = keep(given);
      if (callback !== undefined) process.nextTick(callback);
      return true;
    },
    end(...given) {
      const callback = keep(given);
      if (callback !== undefined && response.destroyed) process.nextTick(callback);
      else if (callback !== undefined) response.once('close', callback);
      resolve({ status: status ?? response.statusCode });
      if (state === 'begun') state = 'ended';
      return response;
    },
    writeHead(...given) {
      if (state !== 'open') return response;
      const [code, reason, fields] = typeof given[1] === 'string' ? given : [given[0], undefined, given[1]];
      response.statusCode = Number(code);
      if (reason !== undefined) response.statusMessage = reason as string;
      for (const [name, value] of fieldsOf(fields)) response.setHeader(name, value);
      isHeadAsked = true;
      begin();
      return response;
    },
    flushHeaders: begin,
  };
  for (const name of bodyMethods) shadow(name, { writable: true, value: held[name] });
  shadow('headersSent', { get: () => state !== 'open' });
  shadow('writableEnded', { get: () => state === 'ended' || state === 'replaced' });

  const restore = () => {
    for (const [name, descriptor] of before) {
      Reflect.deleteProperty(response, name);
      if (descriptor !== undefined) Object.defineProperty(response, name, descriptor);
    }
  };
  return {
    answered,
    get isAnswered() {
      return state === 'ended';
    },
    send() {
      restore();
      response.statusCode = status ?? response.statusCode;
      if (chunks.length === 0) response.end();
      else response.end(Buffer.concat(chunks));
    },
    replace(write) {
      const late = shadowed.map((name) => [name, Object.getOwnPropertyDescriptor(response, name)] as const);
      restore();
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      write();
      // A session that is saved before the end leaves: whoever delays it needs the methods as they are.
      if (!response.headersSent && !response.destroyed) return;
      // The app may still be running: it can go on answering into nothing, and what it achieves is still heard of.
      state = 'replaced';
      for (const [name, descriptor] of late) Object.defineProperty(response, name, descriptor as PropertyDescriptor);
      const forget = () => {
        response.statusCode = 200;
      };
      if (response.destroyed) forget();
      else response.once('close', forget);
    },
  };
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
