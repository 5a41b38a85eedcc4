/** The app's logger, in the two forms that loggers for JavaScript have. */

/**
 * A logger: `console`, pino, Fastify's `app.log`, Nest's `Logger`.
 *
 * One with a method `child` is called as pino is, `error({ err, ...fields }, message)`, any other as `console` is,
 * `error(message, ...causes)`.
 */
export interface Logger {
  warn(...given: never[]): unknown;
  error(...given: never[]): unknown;
  readonly child?: unknown;
}

/** Fields in addition to a line, for loggers that write objects. */
export interface LogFields {
  readonly provider: string;
  readonly namespace: string;
  readonly code?: string;
}

/** Writes one line. Never throws: no line is worth the process. */
export function writeLine(
  logger: Logger,
  level: 'warn' | 'error',
  line: string,
  fields: LogFields,
  causes: readonly unknown[] = [],
): void {
  // A method of the logger, since loggers use `this`.
  const write = (...given: unknown[]) => logger[level](...(given as never[]));
  try {
    if (typeof logger.child !== 'function') write(line, ...causes);
    else write({ ...fields, ...(causes.length > 0 && { err: causes[0] }) }, line);
  } catch {
    try {
      // An app's error may have a printer that throws.
      write(causes.length === 0 ? line : `${line}, with an error that cannot be printed`);
    } catch {
      // A logger that is broken itself.
    }
  }
}
