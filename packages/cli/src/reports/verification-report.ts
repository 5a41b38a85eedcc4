/** Reports the result of a verification, as data for scripts and in words for people. */

import { type AnyEvent, errorTable, type Provider, type WebhookError } from '@countersign/core';
import type { Material } from '../flags/secrets.ts';
import { printable } from '../frame/output.ts';

/** A verified event, for scripts and for people. */
export function describeEvent(event: AnyEvent, provider: Provider, { sources }: Material, now: Date) {
  const { id, createdAt, signedAt, signed, secretId, signedUrl } = event;
  const type = typeof event.type === 'string' ? event.type : undefined;
  const { material } = provider.scheme;
  // If both are needed, the receiver names the secret.
  const named = material === 'keys' ? sources.keys : sources.secrets;
  const matched = material === 'none' ? null : (named[Number(secretId)] ?? secretId);
  const covered = Object.entries(signed).flatMap(([name, isSigned]) => (isSigned ? [name] : []));
  const events = eventsIn(event);
  const report = {
    event: {
      id: id ?? null,
      type: type ?? null,
      createdAt: createdAt?.toISOString() ?? null,
      signedAt: signedAt?.toISOString() ?? null,
      bodyBytes: event.body.byteLength,
    },
    events,
    matched,
    secretId,
    signed,
    signedUrl: signedUrl ?? null,
  };
  const lines: (readonly [string, string])[] = [
    ['event', shown(id)],
    ['type', shown(type)],
    ...(events.length > 1
      ? [['events', `${events.length}: ${events.map((one) => shown(one.id ?? undefined)).join(', ')}`] as const]
      : []),
    [
      'signed at',
      signedAt === undefined ? 'no timestamp is signed' : `${signedAt.toISOString()} (${ageText(signedAt, now)})`,
    ],
    [material === 'keys' ? 'key' : 'secret', matched === null ? 'none needed' : printable(matched)],
    [
      'signed',
      covered.length === 0 ? 'nothing: the token proves who sent it, but nothing about the body' : covered.join(', '),
    ],
    ...(signedUrl === undefined ? [] : [['address', shown(signedUrl)] as const]),
    ['body', `${event.body.byteLength} bytes`],
  ];
  return { report, lines };
}

/** The events of one delivery: itself if it is one event, none if its payload cannot be parsed. */
function eventsIn(event: AnyEvent): readonly { readonly id: string | null; readonly type: unknown }[] {
  try {
    return event.split().map(({ id, type }) => ({ id: id ?? null, type: type ?? null }));
  } catch {
    return [];
  }
}

/** The reason for a refusal: what happened, where, and what to do. */
export function describeRefusal(
  error: WebhookError,
  capturedAt: string | undefined,
  now: Date,
): Readonly<Record<string, string>> {
  const isAboutTime = ['timestamp_too_old', 'timestamp_too_new', 'token_expired'].includes(error.code);
  const since = capturedAt === undefined ? 'the time at which it arrived' : printable(capturedAt);
  const timeHint = `It was checked at ${now.toISOString()}. To check it at another time, pass --at (${since}).`;
  return {
    code: error.code,
    message: errorTable[error.code].sentence,
    ...(error.at !== undefined && { at: error.at }),
    hint: isAboutTime ? `${error.hint} ${timeHint}` : error.hint,
  };
}

function ageText(signedAt: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - signedAt.getTime()) / 1000);
  return seconds < 0 ? `${-seconds} s after the time of the check` : `${seconds} s before the time of the check`;
}

/** Text of a delivery, shortened and without control sequences. */
function shown(text: string | undefined): string {
  if (text === undefined) return 'not known';
  return printable(text.length > 200 ? `${text.slice(0, 200)}...` : text);
}
