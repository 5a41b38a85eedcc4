/** Every cause that a diagnosis can name: one union, one table. */

/** Why a genuine delivery does not verify, as a stable name. New codes may be added in a minor release. */
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
  /** What happened, as one sentence. */
  readonly what: string;
  /** What to do about it where nothing is known of the framework. */
  readonly fix: string;
}

/**
 * `proved`: with this cause, or the causes named together, undone, the signature verifies. `likely`: no signature can
 * prove it, the delivery shows signs of it.
 */
export type Certainty = 'proved' | 'likely';

/** One reason why a delivery does not verify. Holds no secret, signature or piece of a body. */
export interface Cause {
  readonly code: CauseCode;
  /** What happened, as one sentence. */
  readonly what: string;
  /** What to do, in one or two sentences, by the framework's own means where it is known. */
  readonly fix: string;
  /** Where: the name of a header, an option, a preset or one of `otherSecrets`. Never a value. */
  readonly at?: string;
  readonly certainty: Certainty;
}

const keepBytes = 'Hand over the received bytes, taken before any parser or text conversion runs.';
const compareUrl =
  'Set publicUrl to the address that is entered at the sender, to the letter, and keep the path and query that the server received.';
const copySecret = 'Copy the secret again from the sender and look at how it gets into the environment variable.';

/** The one table of causes; the fixes of the frameworks stand beside it. */
export const causeTable: Readonly<Record<CauseCode, CauseRow>> = {
  body_not_raw: {
    what: 'The body was given as a parsed object or as text; the received bytes are gone.',
    fix: keepBytes,
  },
  body_reserialised: { what: 'The body was parsed and written again as other JSON text.', fix: keepBytes },
  body_byte_order_mark: { what: 'A byte order mark was taken off the body, or put before it.', fix: keepBytes },
  body_line_ends: { what: 'The line ends of the body were converted between CRLF and LF.', fix: keepBytes },
  body_trailing_newline: { what: 'White space at the end of the body was added or cut off.', fix: keepBytes },
  body_base64: {
    what: 'The body was given in base64, or was decoded from it, and the other form was signed.',
    fix: 'Look for the flag that says that the body is in base64, such as isBase64Encoded, and decode exactly then.',
  },
  body_form_decoded: { what: 'The form in the body was decoded, or written again with other escapes.', fix: keepBytes },
  body_form_field: {
    what: 'The content of one form field was given as the body; the whole form is signed.',
    fix: keepBytes,
  },
  body_charset: { what: 'The body was read in one character set and written in another.', fix: keepBytes },
  body_lossy_utf8: {
    what: 'The body holds the replacement character U+FFFD: bytes that are no UTF-8 were lost when it became text.',
    fix: keepBytes,
  },
  body_quoted: { what: 'The body was written as a JSON string, with quotes and escapes around it.', fix: keepBytes },
  body_stringified: { what: 'The body is the printed form of a buffer, not its bytes.', fix: keepBytes },
  body_compressed: {
    what: 'The body is compressed, and the text inside is what was signed.',
    fix: 'Decompress the body before it is verified, or ask the sender or proxy not to compress webhooks.',
  },
  body_empty: { what: 'The body is empty: something read it before.', fix: keepBytes },
  body_truncated: {
    what: 'The body ends early: it is shorter than Content-Length says.',
    fix: 'Wait for the end of the request before verifying, and look for limits on the size of bodies.',
  },
  body_changed: { what: 'The body does not have the length that Content-Length announces.', fix: keepBytes },
  secret_missing: {
    what: 'No secret is configured.',
    fix: 'Set the environment variable, or mend its name; it is undefined or empty where the receiver is built.',
  },
  secret_placeholder: {
    what: 'The configured secret is a placeholder.',
    fix: 'Put the signing secret that the sender shows in its place.',
  },
  secret_refused: {
    what: 'A receiver refuses the configured secret.',
    fix: 'Create a longer one at the sender and copy it without anything around it.',
  },
  secret_whitespace: { what: 'The configured secret has white space that does not belong to it.', fix: copySecret },
  secret_quoted: {
    what: 'The configured secret has quotes, or the name of its variable, around it.',
    fix: 'Take them off; some .env readers and container tools keep quotes as part of the value.',
  },
  secret_prefix: {
    what: 'The prefix of the secret is missing, or stands there and does not belong to the key.',
    fix: 'Configure the secret as the sender shows it, and check that the preset is the right one.',
  },
  secret_encoding: {
    what: 'The secret is used in another encoding than the sender uses: as text, base64 or hexadecimal.',
    fix: 'Configure the secret as the sender shows it, undecoded; in a description of your own, set secret.encoding.',
  },
  secret_case: { what: 'The configured secret has other capital letters than the sender uses.', fix: copySecret },
  secret_url_encoded: {
    what: 'The configured secret is percent-encoded, or was decoded as if it were.',
    fix: copySecret,
  },
  secret_inactive: {
    what: 'It is signed with a secret outside the time in which it is valid.',
    fix: 'Look at notBefore and notAfter of that secret, and at the clock.',
  },
  secret_id: {
    what: 'The delivery names a key by an id that none of the configured ones has, and one of them fits.',
    fix: 'Give that secret or key the id by which the sender names it.',
  },
  other_secret: {
    what: 'It is signed with another of your secrets.',
    fix: 'Each endpoint at the sender has a secret of its own: configure this one here, or mend the address at the sender.',
  },
  other_mode: {
    what: 'It is signed with the secret of the other mode: test against live.',
    fix: 'Test and live endpoints have secrets of their own: give each deployment its own, or send to the other one.',
  },
  key_line_breaks: {
    what: 'The line breaks of the public key are written as \\n in the environment variable.',
    fix: 'Put real line breaks in their place, or replace them when the variable is read.',
  },
  key_unknown: {
    what: 'The delivery names a key that is not among the configured ones.',
    fix: 'Add the current key of the sender, or take its key set by URL; keys are replaced from time to time.',
  },
  key_unavailable: {
    what: 'The key or secret could not be fetched.',
    fix: 'Check that the key set or the resolver answers from this machine.',
  },
  header_missing: {
    what: 'A header that the scheme needs is not there.',
    fix: 'Check that a signing secret is set at the sender and that no proxy, gateway or event mapping drops the header.',
  },
  header_renamed: {
    what: 'What the scheme needs stands in a header of another name.',
    fix: 'Look for what renames headers on the way; where the sender itself uses this name, take another preset or name it in the description.',
  },
  header_repeated: {
    what: 'A header that may stand once was given more than once.',
    fix: 'Look for a proxy, or for code of your own, that adds its own copy.',
  },
  header_altered: {
    what: 'The value of a header was changed on its way: white space, quotes, escapes or padding.',
    fix: 'Hand over header values as they were received.',
  },
  other_version: {
    what: 'The signature stands under another version tag than the scheme reads.',
    fix: 'Check which version the sender signs with now and whether the preset is for that one.',
  },
  other_hash: {
    what: 'The signature is made with another hash than the scheme uses.',
    fix: 'Check the hash in the documentation of the sender; some have an older header with another hash.',
  },
  other_provider: {
    what: 'It verifies by another preset.',
    fix: 'Build the receiver with that preset, or send these deliveries to the endpoint that has it.',
  },
  signature_prefix: {
    what: 'The text before the signature is missing, or is another than the scheme reads.',
    fix: 'Hand over the whole value of the header; in a description of your own, set signature.prefix.',
  },
  signature_encoding: {
    what: 'The signature is written in another encoding than the scheme reads.',
    fix: 'Compare with the documentation of the sender; in a description of your own, set signature.encoding.',
  },
  signed_text: {
    what: 'The signature covers another text than the scheme says.',
    fix: 'Check in the documentation of the sender what is signed; in a description of your own, set signs.',
  },
  token_scheme: {
    what: 'The word before the token, such as Bearer, is missing, or is another than the scheme reads.',
    fix: 'Hand over the whole value of the header; in a description of your own, set token.scheme.',
  },
  timestamp_unit: {
    what: 'The signed time is written in another unit than the scheme reads: seconds, milliseconds or ISO 8601.',
    fix: 'Hand over the header as it was received; in a description of your own, set timestamp.unit.',
  },
  timestamp_too_old: {
    what: 'The signature is right, and its time lies too far in the past.',
    fix: 'A stored or repeated delivery, or one that waited in a queue; if it has just been sent, set the clock of this machine.',
  },
  timestamp_too_new: {
    what: 'The signature is right, and its time lies in the future.',
    fix: 'Set the clock of this machine, which is behind.',
  },
  url_unknown: {
    what: 'The sender signs the address it posts to, and nothing says what that is.',
    fix: 'Set publicUrl to the origin that is entered at the sender, such as https://example.com.',
  },
  url_trailing_slash: { what: 'The signed address differs in a slash at the end of its path.', fix: compareUrl },
  url_port: { what: 'The signed address differs in its port.', fix: compareUrl },
  url_protocol: { what: 'The signed address differs in http against https.', fix: compareUrl },
  url_host: { what: 'The signed address has another host.', fix: compareUrl },
  url_path: {
    what: 'The signed address has another path: something on the way rewrote it or cut off its beginning.',
    fix: 'Hand over the path that the sender posted to; a part that a proxy or mount cuts off belongs into publicUrl.',
  },
  url_query: { what: 'The query of the signed address was cut off, reordered or written anew.', fix: compareUrl },
  method: {
    what: 'The request has another method than the one that was signed or that this sender uses.',
    fix: 'Look for a redirect or proxy that changes the method, and hand over the method of the request.',
  },
  content_encoding: {
    what: 'The delivery says that its body is compressed, and a receiver refuses that.',
    fix: 'Ask the sender, or a proxy in between, not to compress webhooks; where the body was unpacked on the way, take the header away.',
  },
};
