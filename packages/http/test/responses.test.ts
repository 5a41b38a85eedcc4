import { type AnyEvent, errorTable, type Outcome, WebhookError, type WebhookErrorCode } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { replayedHeader, responseTo, responseToError } from '../src/pipeline/responses.ts';

const event = {} as AnyEvent;
const respond = (outcome: object) => responseTo(outcome as Outcome<AnyEvent>);

describe('responses', () => {
  it('answers every failure of authentication alike, byte for byte', () => {
    const authentication = (Object.keys(errorTable) as WebhookErrorCode[]).filter(
      (code) => errorTable[code].status === 401,
    );
    expect(authentication.length).toBe(10);
    const answers = authentication.map((code) =>
      JSON.stringify(responseToError(new WebhookError(code, { at: code, hint: code }))),
    );
    expect(new Set(answers).size).toBe(1);
  });

  it('answers no fault with a 2xx, and what may pass with 503 and Retry-After', () => {
    for (const code of Object.keys(errorTable) as WebhookErrorCode[]) {
      const { status, headers } = responseToError(new WebhookError(code));
      expect(status).toBeGreaterThanOrEqual(400);
      expect('retry-after' in headers).toBe(status === 503);
    }
    expect(responseToError(new WebhookError('key_unavailable', { retryAfterSeconds: 17 })).headers['retry-after']).toBe(
      '17',
    );
    expect(responseToError(new WebhookError('method_unsupported')).headers.allow).toBe('POST');
  });

  it('names only the fault that the reader of the answer can mend', () => {
    expect(responseToError(new WebhookError('body_not_raw', { hint: 'Mount it first.' })).body).toContain(
      'Mount it first.',
    );
    expect(responseToError(new WebhookError('options_invalid', { hint: 'private' })).body).not.toContain('private');
    expect(responseToError(new WebhookError('secret_invalid', { hint: 'private' })).body).not.toContain('private');
  });

  it('turns each outcome into its response', () => {
    expect(respond({ kind: 'handled', event })).toEqual({ status: 200, headers: {}, body: '' });
    expect(
      respond({ kind: 'handled', event, response: { status: 202, headers: { 'X-A': 'b' }, body: { a: 1 } } }),
    ).toEqual({
      status: 202,
      headers: { 'content-type': 'application/json', 'x-a': 'b' },
      body: '{"a":1}',
    });
    expect(respond({ kind: 'duplicate', event, response: { status: 202, body: 'x' } })).toEqual({
      status: 202,
      headers: { [replayedHeader]: 'true' },
      body: 'x',
    });
    expect(respond({ kind: 'in_flight', event, retryAfterSeconds: 9 })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '9' },
    });
    expect(respond({ kind: 'failed', event, cause: new Error('private') })).toMatchObject({
      status: 500,
      body: '{"error":"internal_error"}',
    });
    expect(respond({ kind: 'failed', event, cause: 0, response: { status: 503, body: 'later' } })).toMatchObject({
      status: 503,
      body: 'later',
    });
    expect(respond({ kind: 'stale', event })).toMatchObject({ status: 200 });
    expect(respond({ kind: 'handshake', response: { body: 'challenge' } })).toMatchObject({
      status: 200,
      body: 'challenge',
    });
    expect(respond({ kind: 'rejected', error: new WebhookError('payload_invalid') })).toMatchObject({ status: 500 });
    expect(respond({ kind: 'handled', event, response: { body: Uint8Array.of(1, 2) } }).body).toEqual(
      Uint8Array.of(1, 2),
    );
  });
});
