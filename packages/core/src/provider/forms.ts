/** Bodies that are forms. */

import { parseJson } from '../delivery/body.ts';
import { parseForm, recordOf, startsWithField } from '../delivery/form-fields.ts';
import { type FormProtocol, formsKey } from './features.ts';
import type { PayloadFormat } from './payload-format.ts';

/** For descriptions whose `payload` is a form or contains one: `{ ...forms, payload: 'form' }`. `defineProvider` adds it. */
export const forms: { readonly [formsKey]: FormProtocol } = /* @__PURE__ */ formCode();

function formCode() {
  return { [formsKey]: { parseBody } };
}

type BodyFormat = Exclude<PayloadFormat, 'json' | 'text' | 'bytes'>;

function parseBody(body: Uint8Array, format: BodyFormat): unknown {
  if (format === 'form') return parseFormBody(body);
  if (format === 'json_or_form') return parseEither(body);
  if (!startsWithField(body, format.formField))
    return format.otherwise === 'form' ? parseEither(body) : parseJson(body);
  const values = parseForm(body)?.getAll(format.formField) ?? [];
  return values.length === 1 ? parseJsonText(values[0] as string) : undefined;
}

/** By the first character. */
function parseEither(body: Uint8Array): unknown {
  return body[0] === 0x7b || body[0] === 0x5b ? parseJson(body) : parseFormBody(body);
}

function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A form as a record; a repeated field becomes an array. */
function parseFormBody(body: Uint8Array): Record<string, string | string[]> | undefined {
  const form = parseForm(body);
  return form === undefined ? undefined : recordOf(form);
}
