/** The format of a sender's bodies. */

/**
 * The way to parse the verified body. Never decided by the unsigned Content-Type.
 *
 * `json`: strict UTF-8 JSON. `form`: application/x-www-form-urlencoded. `json_or_form`: by the first character. `{ formField }`: JSON, or a
 * form with a field that contains JSON, by the first characters; with `otherwise: 'form'`, other forms are their fields. `text` and `bytes`:
 * unparsed.
 */
export type PayloadFormat =
  | 'json'
  | 'form'
  | 'json_or_form'
  | 'text'
  | 'bytes'
  | { readonly formField: string; readonly otherwise?: 'form' };
