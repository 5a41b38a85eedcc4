/** What the tests of payloads share: recorded bodies, and types to compare a body with a payload. */

import { readFileSync } from 'node:fs';

/** A payload of which parts are left out, at any depth. A field that it does not have is an error, and so is another type. */
export type Part<Payload> = Payload extends string | number | boolean | null | undefined
  ? Payload
  : Payload extends readonly (infer Item)[]
    ? readonly Part<Item>[]
    : Payload extends object
      ? { readonly [Key in keyof Payload]?: Part<Payload[Key]> }
      : Payload;

/** The top-level fields of a payload, with any value: for recorded bodies whose values are our own. */
export type FieldsOf<Payload> = Payload extends object ? { readonly [Key in keyof Payload]?: unknown } : never;

/** The body of `test/recorded/<file>.json` as it was sent. */
export function recordedText(file: string): string {
  const recording = JSON.parse(readFileSync(new URL(`../recorded/${file}.json`, import.meta.url), 'utf8'));
  return recording.body;
}

/** The recorded JSON body. */
export function recordedBody(file: string): unknown {
  return JSON.parse(recordedText(file));
}
