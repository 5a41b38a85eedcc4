/** The cases of the endpoint contract, by name. */

/** The names of the cases, for `expect` and for reports. */
export type CaseId =
  | 'genuine'
  | 'genuine_odd_json'
  | 'genuine_chunked'
  | 'rotated_secret'
  | 'tampered_body'
  | 'tampered_signature'
  | 'missing_signature'
  | 'malformed_signature'
  | 'short_signature'
  | 'wrong_secret'
  | 'stale'
  | 'future'
  | 'repeated_header'
  | 'oversize'
  | 'empty_body'
  | 'non_utf8_body'
  | 'gzip'
  | 'replay'
  | 'duplicate'
  | 'duplicates_at_once'
  | 'retry_after_failure'
  | 'hanging_handler'
  | 'alive';
