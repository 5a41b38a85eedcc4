/** The causes that a diagnosis can name: one union, one table. */

/** The reason why a genuine delivery does not verify, as a stable name. New codes may be added in a minor release. */
export type CauseCode =
  | 'body_not_raw'
  | 'body_reserialised'
  | 'body_byte_order_mark'
  | 'body_line_ends'
  | 'body_trailing_newline'
  | 'body_base64'
  | 'body_form_decoded'
  | 'body_form_field'
  | 'body_charset'
  | 'body_lossy_utf8'
  | 'body_quoted'
  | 'body_stringified'
  | 'body_compressed'
  | 'body_empty'
  | 'body_truncated'
  | 'body_changed'
  | 'secret_missing'
  | 'secret_placeholder'
  | 'secret_refused'
  | 'secret_whitespace'
  | 'secret_quoted'
  | 'secret_prefix'
  | 'secret_encoding'
  | 'secret_case'
  | 'secret_url_encoded'
  | 'secret_inactive'
  | 'secret_id'
  | 'other_secret'
  | 'other_mode'
  | 'key_line_breaks'
  | 'key_unknown'
  | 'key_unavailable'
  | 'header_missing'
  | 'header_renamed'
  | 'header_repeated'
  | 'header_altered'
  | 'other_version'
  | 'other_hash'
  | 'other_provider'
  | 'signature_prefix'
  | 'signature_encoding'
  | 'signed_text'
  | 'token_scheme'
  | 'timestamp_unit'
  | 'timestamp_too_old'
  | 'timestamp_too_new'
  | 'url_unknown'
  | 'url_trailing_slash'
  | 'url_port'
  | 'url_protocol'
  | 'url_host'
  | 'url_path'
  | 'url_query'
  | 'method'
  | 'content_encoding';

/** One line of {@link causeTable}. */
export interface CauseRow {
  /** Describes what happened, in one sentence. */
  readonly what: string;
  /** The fix if the framework is not known. */
  readonly fix: string;
}

/**
 * `proved`: the signature verifies once this cause, or the causes named together, are undone. `likely`: no signature
 * can prove it, but the delivery shows signs of it.
 */
export type Certainty = 'proved' | 'likely';

/** One reason why a delivery does not verify. Contains no secret, signature or piece of a body. */
export interface Cause {
  readonly code: CauseCode;
  /** Describes what happened, in one sentence. */
  readonly what: string;
  /** The fix, in one or two sentences, specific to the framework if it is known. */
  readonly fix: string;
  /** The place: the name of a header, an option, a preset or one of `otherSecrets`. Never a value. */
  readonly at?: string;
  readonly certainty: Certainty;
}

const keepBytes = 'Pass the received bytes, taken before any parser or text conversion runs.';
const compareUrl =
  'Set publicUrl to exactly the URL that is entered at the sender, and keep the path and query that the server received.';
const copySecret = 'Copy the secret again from the sender and check how it gets into the environment variable.';

/** The only table of causes; the fixes for frameworks are in `framework-fixes`. */
export const causeTable: Readonly<Record<CauseCode, CauseRow>> = {
  body_not_raw: {
    what: 'The body was passed as a parsed object or as text; the received bytes are gone.',
    fix: keepBytes,
  },
  body_reserialised: { what: 'The body was parsed and serialised again as different JSON text.', fix: keepBytes },
  body_byte_order_mark: { what: 'A byte order mark was removed from the body, or added to it.', fix: keepBytes },
  body_line_ends: { what: 'The line endings of the body were converted between CRLF and LF.', fix: keepBytes },
  body_trailing_newline: { what: 'Whitespace at the end of the body was added or removed.', fix: keepBytes },
  body_base64: {
    what: 'The body was passed in base64, or was decoded from it, and the other form was signed.',
    fix: 'Look for the flag that marks a base64 body, such as isBase64Encoded, and decode exactly in that case.',
  },
  body_form_decoded: { what: 'The form in the body was decoded, or encoded again with other escapes.', fix: keepBytes },
  body_form_field: {
    what: 'The content of one form field was passed as the body; the whole form is signed.',
    fix: keepBytes,
  },
  body_charset: { what: 'The body was decoded with one character set and encoded with another.', fix: keepBytes },
  body_lossy_utf8: {
    what: 'The body contains the replacement character U+FFFD: bytes that are not UTF-8 were lost when it became text.',
    fix: keepBytes,
  },
  body_quoted: { what: 'The body was written as a JSON string, with quotes and escapes around it.', fix: keepBytes },
  body_stringified: { what: 'The body is the printed form of a buffer, not its bytes.', fix: keepBytes },
  body_compressed: {
    what: 'The body is compressed, but the text inside was signed.',
    fix: 'Decompress the body before it is verified, or configure the sender or proxy not to compress webhooks.',
  },
  body_empty: { what: 'The body is empty: something has already read it.', fix: keepBytes },
  body_truncated: {
    what: 'The body is truncated: it is shorter than Content-Length says.',
    fix: 'Wait for the end of the request before verifying, and check for limits on the size of bodies.',
  },
  body_changed: { what: 'The length of the body differs from its Content-Length.', fix: keepBytes },
  secret_missing: {
    what: 'No secret is configured.',
    fix: 'Set the environment variable, or correct its name; it is undefined or empty when the receiver is built.',
  },
  secret_placeholder: {
    what: 'The configured secret is a placeholder.',
    fix: 'Replace it with the signing secret that the sender shows.',
  },
  secret_refused: {
    what: 'A receiver refuses the configured secret.',
    fix: 'Create a longer one at the sender and copy it without anything around it.',
  },
  secret_whitespace: { what: 'The configured secret has whitespace that does not belong to it.', fix: copySecret },
  secret_quoted: {
    what: 'The configured secret has quotes, or the name of its variable, around it.',
    fix: 'Remove them; some .env readers and container tools keep quotes as part of the value.',
  },
  secret_prefix: {
    what: 'The prefix of the secret is missing, or is there although it does not belong to the key.',
    fix: 'Configure the secret as the sender shows it, and check that the preset is the right one.',
  },
  secret_encoding: {
    what: 'The secret is used in a different encoding than at the sender: as text, base64 or hexadecimal.',
    fix: 'Configure the secret as the sender shows it, undecoded; in your own description, set secret.encoding.',
  },
  secret_case: { what: "The configured secret differs from the sender's in upper and lower case.", fix: copySecret },
  secret_url_encoded: {
    what: 'The configured secret is percent-encoded, or was decoded as if it were.',
    fix: copySecret,
  },
  secret_inactive: {
    what: 'The delivery is signed with a secret outside its validity period.',
    fix: 'Check notBefore and notAfter of that secret, and the clock.',
  },
  secret_id: {
    what: 'The delivery names a key id that none of the configured keys has, but one of them matches.',
    fix: 'Give that secret or key the id that the sender uses for it.',
  },
  other_secret: {
    what: 'The delivery is signed with another of your secrets.',
    fix: 'Each endpoint at the sender has its own secret: configure this one here, or correct the URL at the sender.',
  },
  other_mode: {
    what: 'The delivery is signed with the secret of the other mode: test instead of live, or live instead of test.',
    fix: 'Test and live endpoints have their own secrets: give each deployment its own, or send to the other one.',
  },
  key_line_breaks: {
    what: 'The line breaks of the public key are written as \\n in the environment variable.',
    fix: 'Use real line breaks, or replace them when the variable is read.',
  },
  key_unknown: {
    what: 'The delivery names a key that is not among the configured ones.',
    fix: "Add the sender's current key, or use its key set URL; keys are rotated from time to time.",
  },
  key_unavailable: {
    what: 'The key or secret could not be fetched.',
    fix: 'Check that the key set or the resolver answers from this machine.',
  },
  header_missing: {
    what: 'A header that the scheme needs is missing.',
    fix: 'Check that a signing secret is set at the sender and that no proxy, gateway or event mapping drops the header.',
  },
  header_renamed: {
    what: 'A value that the scheme needs is in a header with another name.',
    fix: 'Check what renames headers in transit; if the sender itself uses this name, use another preset or name it in the description.',
  },
  header_repeated: {
    what: 'A header that may occur once was sent more than once.',
    fix: 'Check for a proxy, or your own code, that adds a copy.',
  },
  header_altered: {
    what: 'The value of a header was changed in transit: whitespace, quotes, escapes or padding.',
    fix: 'Pass header values as received.',
  },
  other_version: {
    what: 'The signature is under another version tag than the scheme reads.',
    fix: 'Check which version the sender signs with now and whether the preset is for that version.',
  },
  other_hash: {
    what: 'The signature is made with another hash than the scheme uses.',
    fix: "Check the hash in the sender's documentation; some senders have an older header with another hash.",
  },
  other_provider: {
    what: 'The delivery verifies with another preset.',
    fix: 'Build the receiver with that preset, or send these deliveries to the endpoint that uses it.',
  },
  signature_prefix: {
    what: 'The text before the signature is missing, or differs from the one that the scheme reads.',
    fix: 'Pass the whole value of the header; in your own description, set signature.prefix.',
  },
  signature_encoding: {
    what: 'The signature has another encoding than the scheme reads.',
    fix: "Compare with the sender's documentation; in your own description, set signature.encoding.",
  },
  signed_text: {
    what: 'The signature covers another text than the scheme says.',
    fix: "Check the sender's documentation for the signed text; in your own description, set signs.",
  },
  token_scheme: {
    what: 'The word before the token, such as Bearer, is missing, or differs from the one that the scheme reads.',
    fix: 'Pass the whole value of the header; in your own description, set token.scheme.',
  },
  timestamp_unit: {
    what: 'The signed timestamp has another unit than the scheme reads: seconds, milliseconds or ISO 8601.',
    fix: 'Pass the header as received; in your own description, set timestamp.unit.',
  },
  timestamp_too_old: {
    what: 'The signature matches, but its timestamp is too far in the past.',
    fix: 'It is a stored or repeated delivery, or one that waited in a queue; if it has just been sent, set the clock of this machine.',
  },
  timestamp_too_new: {
    what: 'The signature matches, but its timestamp is in the future.',
    fix: 'Set the clock of this machine, which is behind.',
  },
  url_unknown: {
    what: 'The sender signs the URL it posts to, but publicUrl is not set.',
    fix: 'Set publicUrl to the origin that is entered at the sender, such as https://example.com.',
  },
  url_trailing_slash: { what: 'The signed URL differs in a trailing slash.', fix: compareUrl },
  url_port: { what: 'The signed URL differs in its port.', fix: compareUrl },
  url_protocol: { what: 'The signed URL differs in http instead of https, or https instead of http.', fix: compareUrl },
  url_host: { what: 'The signed URL has another host.', fix: compareUrl },
  url_path: {
    what: 'The signed URL has another path: something in between rewrote it or removed its beginning.',
    fix: 'Pass the path that the sender posted to; put a part that a proxy or mount removes into publicUrl.',
  },
  url_query: { what: 'The query of the signed URL was removed, reordered or encoded again.', fix: compareUrl },
  method: {
    what: 'The request has another method than the signed one, or than this sender uses.',
    fix: 'Check for a redirect or proxy that changes the method, and pass the method of the request.',
  },
  content_encoding: {
    what: 'The delivery says that its body is compressed, which a receiver refuses.',
    fix: 'Configure the sender, or a proxy in between, not to compress webhooks; if the body was decompressed in transit, remove the header.',
  },
};
