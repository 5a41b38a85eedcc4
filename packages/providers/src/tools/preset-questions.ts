/** The options that preset functions need, as data for tools that ask a user for them. */

import { rawBodyHmac } from '@countersign/core';
import type { HashName } from '@countersign/core/describe';

/** One option that a preset function needs. */
export interface PresetQuestion {
  /** The name of the preset's own option. */
  readonly name: string;
  readonly isRequired: boolean;
  readonly what: string;
  /** `list`: several values separated by commas. `header`: the name of a header, passed on as `{ header }`. Default: one text. */
  readonly form?: 'list' | 'header';
  /** An example value that the preset accepts. */
  readonly example: string;
}

/** Answers by the names of their questions. Optional ones may be left out. */
export type PresetAnswers = Readonly<Record<string, string>>;

interface PresetRow {
  readonly questions: readonly PresetQuestion[];
  /** Converts the answers to the preset's argument, if it is not simply the answers. */
  readonly build?: (values: Readonly<Record<string, unknown>>) => unknown;
  /** The same as source code, with the names it needs from `@countersign/core`. */
  readonly write?: (answers: PresetAnswers, quote: (text: string) => string) => string;
  readonly writesWith?: string;
}

const required = (
  name: string,
  what: string,
  example: string,
  form?: NonNullable<PresetQuestion['form']>,
): PresetQuestion => ({
  name,
  isRequired: true,
  what,
  example,
  ...(form !== undefined && { form }),
});
const optional = (...given: Parameters<typeof required>): PresetQuestion => ({
  ...required(...given),
  isRequired: false,
});

const rows: Readonly<Record<string, PresetRow>> = {
  'apple-app-store-v2': {
    questions: [
      required('bundleId', 'the bundle id of the app', 'com.example.app'),
      required('environment', 'Production, Sandbox, or both', 'Production', 'list'),
    ],
  },
  'aws-sns': {
    questions: [
      required('topicArns', 'the ARNs of your topics', 'arn:aws:sns:eu-west-1:123456789012:orders', 'list'),
      required('signatureVersion', "the topic's SignatureVersion, 1 or 2", '2'),
    ],
  },
  braintree: {
    questions: [
      required('publicKey', 'the public key shown next to the private key in the control panel', 'your_public_key'),
    ],
  },
  clientcasa: {
    questions: [
      required(
        'header',
        'the header with an HMAC of the body, as in your deliveries',
        'the-header-your-deliveries-show',
      ),
      optional('hash', 'the hash, default SHA-256', 'SHA-256'),
      optional('encoding', 'hex (default) or base64', 'hex'),
      optional('prefix', 'text before the signature, such as sha256=', 'sha256='),
      optional('eventId', 'the path of the id in the JSON body', 'id'),
      optional('eventType', 'the path of the type in the JSON body', 'event'),
    ],
    build: ({ header, hash, encoding, prefix, eventId, eventType }) => ({
      scheme: rawBodyHmac({
        header: String(header),
        ...(hash !== undefined && { hash: hash as HashName }),
        ...(encoding !== undefined && { encoding: encoding as 'hex' | 'base64' }),
        ...(prefix !== undefined && { prefix: String(prefix) }),
      }),
      ...(eventId !== undefined && { eventId: { json: String(eventId) } }),
      ...(eventType !== undefined && { eventType: { json: String(eventType) } }),
    }),
    write: ({ eventId, eventType, ...scheme }, quote) => {
      const fields = Object.entries(scheme).map(([name, value]) => `${name}: ${quote(value)}`);
      const places = Object.entries({ eventId, eventType }).flatMap(([name, path]) =>
        path === undefined ? [] : [`${name}: { json: ${quote(path)} }`],
      );
      return `{ ${[`scheme: rawBodyHmac({ ${fields.join(', ')} })`, ...places].join(', ')} }`;
    },
    writesWith: 'rawBodyHmac',
  },
  'constant-contact': {
    questions: [
      required('header', 'the header with the signature, as in your deliveries', 'the-header-your-deliveries-show'),
    ],
  },
  convoy: {
    questions: [
      required('mode', 'simple or advanced', 'advanced'),
      required('hash', 'SHA-256 or SHA-512', 'SHA-256'),
      required('encoding', 'hex or base64', 'hex'),
      optional('header', 'the header, default X-Convoy-Signature', 'x-convoy-signature'),
    ],
  },
  'google-pubsub': {
    questions: [
      required('audience', 'the audience of the push subscription', 'https://example.com/push'),
      required('serviceAccountEmail', 'its service account', 'push@my-project.iam.gserviceaccount.com'),
    ],
  },
  paypal: { questions: [required('webhookId', 'the id of the webhook from the dashboard', '4JH86294D6297924G')] },
  rfc9421: {
    questions: [
      required('algorithm', 'ed25519, hmac-sha256, ... as RFC 9421 registers them', 'ed25519'),
      required('components', 'the components that must be covered', '@method,@target-uri,content-digest', 'list'),
      optional('label', 'the label of the signature', 'sig1'),
      optional('tag', 'the value of the tag parameter', 'webhook'),
      optional('created', 'whether each signature has a time: required (default) or optional', 'required'),
      optional('id', 'the header with the id of the event, one of the components', 'idempotency-key', 'header'),
      optional('requires', 'the parameters that a signature must have: nonce, keyid', 'nonce,keyid', 'list'),
    ],
  },
};

/** Returns the questions of a preset, by its id; none for a preset that needs no options. */
export function presetQuestions(id: string): readonly PresetQuestion[] {
  return rows[id]?.questions ?? [];
}

/** The ids of the presets that need options. */
export const askingPresets: readonly string[] = Object.keys(rows);

/** Returns the examples of the required options, as answers. */
export function exampleAnswers(id: string): PresetAnswers {
  const questions = presetQuestions(id).filter(({ isRequired }) => isRequired);
  return Object.fromEntries(questions.map(({ name, example }) => [name, example]));
}

/** Returns the argument to call a preset with. The preset itself refuses invalid values. */
export function presetArgument(id: string, answers: PresetAnswers): unknown {
  const values = Object.fromEntries(Object.entries(answers).map(([name, text]) => [name, answerOf(id, name, text)]));
  return rows[id]?.build?.(values) ?? values;
}

/** Returns the same call as source code, and the names of `@countersign/core` that it needs. */
export function presetCall(
  id: string,
  exportName: string,
  answers: PresetAnswers,
): { readonly code: string; readonly coreNames: readonly string[] } {
  const row = rows[id];
  if (row === undefined) return { code: exportName, coreNames: [] };
  if (row.write !== undefined) {
    const coreNames = row.writesWith === undefined ? [] : [row.writesWith];
    return { code: `${exportName}(${row.write(answers, quote)})`, coreNames };
  }
  const fields = Object.entries(answers).map(([name, text]) => `${name}: ${written(answerOf(id, name, text))}`);
  return { code: `${exportName}({ ${fields.join(', ')} })`, coreNames: [] };
}

type Answer = string | readonly string[] | { readonly header: string };

function answerOf(id: string, name: string, text: string): Answer {
  const form = presetQuestions(id).find((question) => question.name === name)?.form;
  if (form === 'header') return { header: text };
  return form === 'list' ? text.split(',').map((one) => one.trim()) : text;
}

function written(value: Answer): string {
  if (typeof value === 'string') return quote(value);
  return 'header' in value ? `{ header: ${quote(value.header)} }` : `[${value.map(quote).join(', ')}]`;
}

/** A text as a string literal in the source. */
function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
