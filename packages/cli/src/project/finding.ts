/** A finding in a project: a place, the problem, its certainty, and the fix. */

/** Each kind of finding, as a stable name for scripts. */
export type Rule =
  | 'body_parser_first'
  | 'body_read_first'
  | 'body_rewritten'
  | 'body_parsed'
  | 'body_parser_on'
  | 'raw_body_off'
  | 'middleware_misses_route'
  | 'event_unverified'
  | 'csrf_check_on'
  | 'body_cut_short'
  | 'body_limit_low'
  | 'request_ends_process'
  | 'token_check_on'
  | 'runtime_without_node'
  | 'memory_store_serverless'
  | 'secret_in_source'
  | 'secret_unusable'
  | 'secret_wrong_kind'
  | 'secret_quoted'
  | 'secret_shared'
  | 'secret_modes_mixed'
  | 'secret_public'
  | 'secrets_file_not_ignored'
  | 'secrets_file_committed'
  | 'clock_skew';

/** One finding. No field ever contains a secret, or a part of one. */
export interface Finding {
  readonly rule: Rule;
  /** `found`: the code shows it. `looks_like`: it depends on something that the code does not show. */
  readonly certainty: 'found' | 'looks_like';
  /**
   * Relative to the project's folder, with slashes; `environment` for a variable of this process, `clock` for its time.
   */
  readonly file: string;
  /** Counted from 1; null if there is no line. */
  readonly line: number | null;
  readonly what: string;
  readonly fix: string;
}
