/** How a verified body is read. */

import { parseJson } from './delivery.ts';
import { decodeUtf8 } from './encoding.ts';
import { parseForm, recordOf, startsWithField } from './form-fields.ts';

/**
 * How the verified body is to be read. Never decided by a Content-Type, which nobody signs.
 *
 * `json`: strict UTF-8 JSON. `form`: application/x-www-form-urlencoded. `json_or_form`: by the first character.
 * `{ formField }`: JSON, or a form one of whose fields holds JSON, by the first characters. `text` and `bytes`: as is.
 */
export type PayloadFormat = 'json' | 'form' | 'json_or_form' | 'text' | 'bytes' | { readonly formField: string };

/** The parsed body, or undefined where it is malformed. */
export function parsePayload(body: Uint8Array, format: PayloadFormat = 'json'): unknown {
  if (format === 'bytes') return body;
  if (format === 'text') return decodeUtf8(body);
  if (format === 'json') return parseJson(body);
  if (format === 'form') return parseFormBody(body);
  if (format === 'json_or_form') return body[0] === 0x7b || body[0] === 0x5b ? parseJson(body) : parseFormBody(body);
  if (!startsWithField(body, format.formField)) return parseJson(body);
  const values = parseForm(body)?.getAll(format.formField) ?? [];
  return values.length === 1 ? parseJsonText(values[0] as string) : undefined;
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
