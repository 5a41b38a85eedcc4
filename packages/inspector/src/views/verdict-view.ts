/** The verdict in one line, and the contents of a verified event. */

import { type AnyEvent, errorTable, type Provider, type WebhookError } from '@countersign/core';
import { type Child, element } from '../element.ts';
import type { Verdict } from '../inspection.ts';

/** Renders a verdict. */
export function verdictView(verdict: Verdict, provider: Provider, now: Date): readonly Child[] {
  const title = provider.title ?? provider.name;
  switch (verdict.kind) {
    case 'verifies':
      return [banner('good', '✓', `It verifies: ${title} sent it.`), eventList(verdict.event, now)];
    case 'stale':
      return [
        banner('doubtful', '!', `The signature is right, but at ${timeText(now)} it is refused.`),
        reason(verdict.error),
        element('p', {}, 'Was it captured earlier? Then enter its time of arrival under More.'),
        eventList(verdict.event, now),
      ];
    case 'refused':
      return [banner('bad', '✗', `It does not verify as a delivery of ${title}.`), reason(verdict.error)];
    case 'unable':
      return [banner('doubtful', '!', 'Cannot be checked.'), reason(verdict.error)];
    case 'waiting':
      return [banner('idle', '…', `Still needed: ${verdict.missing.join(', ')}.`)];
  }
}

/** Renders the reason why there is nothing to judge. */
export function hintView(text: string, kind: 'idle' | 'doubtful'): readonly Child[] {
  return [banner(kind, kind === 'idle' ? '…' : '!', text)];
}

function banner(kind: string, sign: string, text: string): HTMLElement {
  return element(
    'p',
    { class: `banner ${kind}`, 'data-verdict': kind },
    element('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    ` ${text}`,
  );
}

function reason(error: WebhookError | undefined): HTMLElement | undefined {
  if (error === undefined) return undefined;
  const { code, at, hint } = error;
  return element(
    'p',
    {},
    element('code', {}, code),
    at === undefined ? '' : ` at ${at}`,
    `. ${errorTable[code].sentence} ${hint}`,
  );
}

function eventList(event: AnyEvent, now: Date): HTMLElement {
  const { id, type, signedAt, createdAt, signed, signedUrl } = event;
  const covered = Object.entries(signed).flatMap(([name, isSigned]) => (isSigned ? [name] : []));
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Event', id],
    ['Type', typeof type === 'string' ? type : undefined],
    [
      'Signed at',
      signedAt === undefined ? 'no timestamp is signed' : `${timeText(signedAt)} (${ageText(signedAt, now)})`,
    ],
    ['Created at', createdAt === undefined ? undefined : timeText(createdAt)],
    ['Covered', covered.length === 0 ? 'nothing; the sender repeats its token' : covered.join(', ')],
    ['Signed URL', signedUrl],
  ];
  return element(
    'dl',
    {},
    ...rows.flatMap(([name, value]) =>
      value === undefined ? [] : [element('dt', {}, name), element('dd', {}, value.slice(0, 300))],
    ),
  );
}

function timeText(time: Date): string {
  return `${time.toISOString().replace('T', ' ').slice(0, 19)} UTC`;
}

function ageText(time: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - time.getTime()) / 1000);
  const amount = Math.abs(seconds);
  const [size, unit] =
    amount < 120
      ? [amount, 'second']
      : amount < 7200
        ? [amount / 60, 'minute']
        : amount < 172_800
          ? [amount / 3600, 'hour']
          : [amount / 86_400, 'day'];
  const count = Math.round(size);
  const words = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return seconds < 0 ? `${words} after the check` : `${words} before the check`;
}
