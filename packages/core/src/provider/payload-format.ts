/** How a sender writes its bodies. */

/**
 * How the verified body is to be read. Never decided by a Content-Type, which nobody signs.
 *
 * `json`: strict UTF-8 JSON. `form`: application/x-www-form-urlencoded. `json_or_form`: by the first character.
 * `{ formField }`: JSON, or a form one of whose fields holds JSON, by the first characters. `text` and `bytes`: as is.
 */
export type PayloadFormat = 'json' | 'form' | 'json_or_form' | 'text' | 'bytes' | { readonly formField: string };
