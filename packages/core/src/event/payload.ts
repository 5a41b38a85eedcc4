/** Parses verified bodies. */

import { parseJson } from '../delivery/body.ts';
import { parseForm, recordOf, startsWithField } from '../delivery/form-fields.ts';
import { decodeUtf8 } from '../encoding.ts';
import type { PayloadFormat } from '../provider/payload-format.ts';

/** The parsed body, or undefined if it is malformed. */
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
