/** The reasons why a command ended without doing its work, and the exit codes for scripts. */

import { isWebhookError, type WebhookErrorCode } from '@countersign/core';
import { CommanderError } from 'commander';

/**
 * The exit codes of every command.
 *
 * `good`: done, and the result is yes. `refused`: done, and the result is no (a delivery that does not verify, a filter
 * that matches no sender, a project with findings). `unusable`: not done, because an input cannot be used.
 * `interrupted`: stopped by the user, with the number that shells use for Ctrl-C.
 */
export const exitCodes = { good: 0, refused: 1, unusable: 2, interrupted: 130 } as const;
/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The kind of failure, as a stable name for scripts. */
export type FailureCode =
  | 'usage'
  | 'file_unreadable'
  | 'capture_unreadable'
  | 'provider_unknown'
  | 'provider_unverifiable'
  | 'secret_missing'
  | 'target_unreachable'
  | 'control_unusable'
  | 'file_unwritable'
  | 'file_exists'
  | 'project_unknown'
  | 'document_unusable'
  | 'package_missing'
  | 'file_differs'
  | 'module_unusable'
  | 'cancelled'
  | 'unexpected'
  | WebhookErrorCode;

/** Ends a command with one line. Neither its message nor its cause contains a secret. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly code: FailureCode;
  readonly exitCode: ExitCode;

  constructor(
    code: FailureCode,
    message: string,
    options: { readonly cause?: unknown; readonly exitCode?: ExitCode } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = options.exitCode ?? exitCodes.unusable;
  }
}

/** Converts any thrown value to a failure. */
export function failureOf(thrown: unknown): CliFailure {
  if (thrown instanceof CliFailure) return thrown;
  // Without its cause, whose message has the values that were removed.
  if (thrown instanceof CommanderError) return new CliFailure('usage', usageMessage(thrown.message));
  if (isWebhookError(thrown)) {
    return new CliFailure(thrown.code, inFlags(thrown.message.slice(thrown.code.length + 2)), { cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CliFailure('unexpected', `unexpected: ${message}`, { cause: thrown });
}

/** Names the flag if a hint of the library names a receiver option. */
export function inFlags(text: string): string {
  return text
    .replaceAll('set dangerouslyAllowWeakSecrets: true', 'give --allow-weak-secrets')
    .replaceAll('set dangerouslyIgnoreTimestamp: true', 'give --ignore-window');
}

/** One line. A value after `=` may be a secret with a misspelt flag, so it is left out. */
function usageMessage(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/'(--?[^'=]+)=.*?'(?=\s|$)/s, "'$1'")
    .replaceAll('\n', ' ');
}
