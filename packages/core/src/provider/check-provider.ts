/** Checks the description of a sender. */

import { WebhookError } from '../errors.ts';
import { type Names, requireNames } from '../options/option-values.ts';
import { requireValue } from '../options/value-rules.ts';
import { describedText } from '../schemes/described-text.ts';
import { requireTolerance } from '../schemes/replay-window.ts';
import { type Handshakes, signedGrammars } from './handshake.ts';
import { requireDisjoint } from './handshake-grammar.ts';
import type { Provider, ProviderDescription } from './provider.ts';
import { requireUsable } from './usable-provider.ts';

/** @throws options_invalid */
export function requireProvider(value: unknown): asserts value is Provider {
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at, hint });
  requireUsable(value);
  // A misspelled name would be silently ignored: the window, the place of the id.
  requireNames(value, namesOfProvider(), 'provider', requireValue);
  const { name, scheme, payload, methods, toleranceSeconds, retries, responseDeadlineSeconds } =
    value as ProviderDescription;
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) {
    throw refuse('provider.name', 'Expected lower-case letters, digits and -.');
  }
  const formats: readonly unknown[] = [undefined, 'json', 'form', 'json_or_form', 'text', 'bytes'];
  const field = (payload as { formField?: unknown } | undefined)?.formField;
  const { otherwise = 'form', ...rest } = Object(payload) as { otherwise?: unknown };
  const isField = typeof field === 'string' && field !== '' && Object.keys(rest).length === 1 && otherwise === 'form';
  if (!formats.includes(payload) && !isField) {
    const hint = `Expected ${formats.slice(1).join(', ')}, { formField: name } or { formField: name, otherwise: 'form' }.`;
    throw refuse('provider.payload', hint);
  }
  if (methods !== undefined && !(Array.isArray(methods) && methods.length > 0 && methods.every(isMethod)))
    throw refuse('provider.methods', "Expected methods in capitals: ['POST'].");
  const { eventId, eventType, eventCreatedAt } = value as Partial<ProviderDescription>;
  for (const [field, source] of Object.entries({ eventId, eventType, eventCreatedAt })) {
    if (source === undefined) continue;
    if (typeof source !== 'object' || source === null)
      throw refuse(`provider.${field}`, 'Expected { json: path } or { header: name }.');
    const place = 'json' in source ? source.json : source.header;
    const places: readonly unknown[] = Array.isArray(place) && 'join' in source ? place : [place];
    const optional: readonly unknown[] = 'join' in source ? (source.optional ?? []) : [];
    if (optional.some((one) => !places.includes(one)))
      throw refuse(`provider.${field}.optional`, 'Expected paths that json lists.');
    if (places.length === 0 || places.some((one) => typeof one !== 'string' || one === '' || one.includes('*'))) {
      throw refuse(
        `provider.${field}`,
        'Expected { json: path }, { header: name } or { json: [...], join }, for one value.',
      );
    }
  }
  const { handshakes, identity } = value as Partial<ProviderDescription>;
  requireHandshakes(handshakes);
  for (const grammar of signedGrammars(handshakes)) {
    requireDisjoint(grammar, scheme, { payload, methods }, 'provider.handshakes');
  }
  requirePlaces(value as ProviderDescription);
  requireSamePlaces(value as ProviderDescription);
  if (identity?.bytesRepeat === true && identity.source === undefined) {
    throw refuse('provider.identity.source', 'Set source to where you read that two events can have the same bytes.');
  }
  if (toleranceSeconds !== undefined) requireTolerance(toleranceSeconds, 'provider.toleranceSeconds');
  for (const field of ['retriedOn', 'finalOn'] as const) {
    if ((retries?.[field] ?? []).every(isStatusPattern)) continue;
    throw refuse(`provider.retries.${field}`, "Expected statuses from 300 to 599, and '3xx', '4xx', '5xx'.");
  }
  const figures = { responseDeadlineSeconds, horizonSeconds: retries?.horizonSeconds };
  for (const [field, figure] of Object.entries(figures)) {
    if (figure !== undefined && !(Number.isFinite(figure) && figure > 0)) {
      throw refuse(`provider.${field}`, 'Expected a positive number of seconds.');
    }
  }
}

/** A function, because bundlers keep what is computed when a module is loaded. */
function namesOfProvider(): Names {
  const place: Names = { ...unnested('json header join optional'), otherwise: 'string' };
  const list: { [name: string]: Names[string] } = { json: 'string', eventId: place, keepsShape: 'boolean' };
  // A list of lists has the same names at each level.
  list.each = list;
  return {
    ...unnested('name scheme toleranceSeconds payload responseDeadlineSeconds methods samples wrongSecrets source'),
    ...unnested('events unverified assumptions unsaid'),
    ...{ title: 'string', contentType: 'string', secretHelp: 'string', rotation: 'string' },
    acknowledgement: { status: 'number', body: 'string' },
    confidence: ['documented', 'sdk_source', 'integration_code', 'unconfirmed'],
    eventId: place,
    eventType: place,
    eventCreatedAt: { ...place, unit: ['seconds', 'milliseconds', 'iso8601'] },
    identity: { ...unnested('source note'), bytesRepeat: 'boolean', idKept: 'boolean' },
    batch: list,
    retries: {
      ...unnested('delaysSeconds horizonSeconds retriedOn finalOn note redirects'),
      ...{ resigns: 'boolean', keepsBody: 'boolean' },
    },
    handshakes: {
      ...unnested('name signed verifyToken value asksApp note'),
      when: unnested('method query header withoutHeader form json absent'),
      response: unnested('status headers body'),
    },
  };
}

function unnested(text: string): Readonly<Record<string, null>> {
  return Object.fromEntries(text.split(' ').map((name) => [name, null]));
}

/** Methods are compared as they are received, which is in capitals. */
function isMethod(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Z]+$/.test(value);
}

function isStatusPattern(value: unknown): boolean {
  const isStatus = Number.isInteger(value) && (value as number) >= 300 && (value as number) <= 599;
  return isStatus || value === '3xx' || value === '4xx' || value === '5xx';
}

/** @throws options_invalid for places in JSON if the body is not parsed as JSON: they would silently find nothing */
function requirePlaces({ scheme, payload, eventId, eventType, eventCreatedAt, batch }: ProviderDescription): void {
  // A token contains its own payload, whatever the body is.
  if ((payload !== 'bytes' && payload !== 'text') || scheme.kind === 'jwt') return;
  for (const [field, source] of Object.entries({ eventId, eventType, eventCreatedAt, batch })) {
    if (source !== undefined && 'json' in source) {
      throw new WebhookError('options_invalid', {
        at: `provider.${field}`,
        hint: `This is a place in JSON, but payload: '${payload}' does not parse the body.`,
      });
    }
  }
}

/** @throws options_invalid if the signed data and the payload are in different places of the body */
function requireSamePlaces({ scheme, payload, batch }: ProviderDescription): void {
  const { each, signs = [], ambiguous: isAmbiguous } = describedText(scheme) ?? {};
  if (each !== undefined && batch !== undefined && (batch.json !== each || batch.each !== undefined)) {
    throw new WebhookError('options_invalid', {
      at: 'provider.batch',
      hint: `The events at ${each} are signed one by one, so the batch must be the same list: { json: '${each}' }.`,
    });
  }
  if (batch !== undefined && each === undefined && isAmbiguous === true) {
    throw new WebhookError('options_invalid', {
      at: 'provider.batch',
      hint: 'The signed text can be split in several ways (ambiguous: true), so a list in it could be given other elements. Remove batch, or set the separators between the signed parts.',
    });
  }
  for (const part of signs) {
    if (typeof part !== 'object' || !('form' in part) || part.orBody !== true) continue;
    if (typeof payload === 'object' && payload.formField === part.form) continue;
    throw new WebhookError('options_invalid', {
      at: 'provider.payload',
      hint: `The field ${part.form} or the body is signed, so the payload must be read the same way: { formField: '${part.form}' }.`,
    });
  }
}

/** @throws options_invalid for a handshake that would match everything or nothing */
function requireHandshakes(handshakes: Handshakes | undefined): void {
  for (const { name, when, signed, response } of handshakes ?? []) {
    const refuse = (hint: string) => new WebhookError('options_invalid', { at: `provider.handshakes ${name}`, hint });
    if (typeof name !== 'string' || name === '') throw refuse('It has no name.');
    if (!['GET', 'HEAD', 'POST'].includes(when?.method)) throw refuse('Expected GET, HEAD or POST in when.method.');
    if (typeof signed !== 'boolean') throw refuse('Set signed to true or false.');
    if (response === undefined) throw refuse('It has no response.');
    const isOpen =
      when.query === undefined && when.header === undefined && when.json === undefined && when.form === undefined;
    if (isOpen && when.method === 'POST') throw refuse('The handshake would match every delivery.');
  }
}
