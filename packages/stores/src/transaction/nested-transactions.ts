/** The transactions that a handler begins inside its own: each becomes a savepoint, and none can end the outer one. */

import { WebhookError } from '@countersign/core';
import { readCommands, type SqlCommand, type SqlDialect } from './sql-commands.ts';

/** The savepoint that the store sets first. While it exists, the transaction is the one that the store began. */
export const storeSavepoint = 'countersign_transaction';

/** The text that is sent instead of a command. */
export interface Replacement {
  readonly text: string;
  /** Call it if the database refuses the command: then nothing was begun or ended. */
  undo(): void;
}

/**
 * Decides about each text before it is sent.
 *
 * @example
 * const nested = new NestedTransactions('postgres');
 * nested.decide('BEGIN'); // { text: 'SAVEPOINT countersign_1', ... }
 * nested.decide('INSERT INTO payments VALUES (1)'); // undefined: send it unchanged
 * nested.decide('COMMIT'); // { text: 'RELEASE SAVEPOINT countersign_1', ... }
 * nested.decide('COMMIT'); // throws: this one is the store's
 */
export class NestedTransactions {
  readonly #dialect: SqlDialect;
  #open: string[] = [];
  readonly #neverBegun = new Set<string>();
  #made = 0;

  constructor(dialect: SqlDialect) {
    this.#dialect = dialect;
  }

  /** Number of transactions that the handler has begun and not ended. */
  get depth(): number {
    return this.#open.length;
  }

  /**
   * @returns undefined for a text that is sent unchanged
   * @throws options_invalid for one that would end the store's transaction
   */
  decide(text: string): Replacement | undefined {
    const commands = readCommands(text, this.#dialect);
    for (const command of commands) requireAllowed(command, commands.length);
    const [command] = commands;
    if (commands.length !== 1 || command === undefined) return undefined;
    if (command.kind === 'begin') return this.begin();
    if (command.kind === 'commit') return this.commit();
    if (command.kind === 'rollback') return this.rollback();
    return undefined;
  }

  /**
   * True if a text sets the isolation or the access mode of the transaction, which PostgreSQL allows only outside
   * savepoints.
   */
  setsTransaction(text: string): boolean {
    return this.depth === 0 && readCommands(text, this.#dialect)[0]?.kind === 'set_transaction';
  }

  /** True if a text begins or ends a transaction. */
  isControl(text: string): boolean {
    return readCommands(text, this.#dialect).some(({ kind }) => kind !== 'other' && kind !== 'savepoint');
  }

  begin(): Replacement {
    const name = `countersign_${++this.#made}`;
    this.#open.push(name);
    const undo = () => {
      this.#neverBegun.add(name);
      this.#open = this.#open.filter((other) => other !== name);
    };
    return { text: `SAVEPOINT ${name}`, undo };
  }

  /** @throws options_invalid if nothing was begun */
  commit(): Replacement {
    return this.#end(
      'RELEASE SAVEPOINT',
      'The store commits when the handler returns, together with the record of the event. Remove the COMMIT, or begin a transaction first: it becomes a savepoint.',
    );
  }

  /** @throws options_invalid if nothing was begun */
  rollback(): Replacement {
    return this.#end(
      'ROLLBACK TO SAVEPOINT',
      'To undo everything, throw an error: the store rolls back and the event runs again. To undo part of it, begin a transaction first: it becomes a savepoint.',
    );
  }

  /** @throws options_invalid if the handler returned and left one open */
  requireEnded(): void {
    if (this.depth > 0) {
      throw refuse(
        'The handler returned while a nested transaction was open, so nothing was committed. Await the nested transaction, and end it with COMMIT or ROLLBACK.',
      );
    }
  }

  #end(command: string, hint: string): Replacement {
    const name = this.#open.pop();
    if (name === undefined) throw refuse(hint);
    const undo = () => {
      // If they are sent back to back, the end of a transaction that could not begin fails as well.
      if (!this.#neverBegun.has(name)) this.#open.push(name);
    };
    return { text: `${command} ${name}`, undo };
  }
}

/** @throws options_invalid */
function requireAllowed({ kind, words }: SqlCommand, count: number): void {
  if (kind === 'two_phase') {
    throw refuse('Two-phase commit is not available in a handler: the store ends this transaction itself.');
  }
  if (kind === 'chain') {
    throw refuse(
      "A transaction inside the store's transaction is a savepoint, which has no isolation level, access mode or chain of its own. Send plain BEGIN, COMMIT or ROLLBACK.",
    );
  }
  if (kind === 'autocommit') {
    throw refuse('autocommit would stay set on this pool connection after the handler. Remove the command.');
  }
  if (kind === 'savepoint' && words.includes(storeSavepoint)) {
    throw refuse(`The savepoint ${storeSavepoint} belongs to the store. Use another name.`);
  }
  if (count > 1 && (kind === 'begin' || kind === 'commit' || kind === 'rollback')) {
    throw refuse('BEGIN, COMMIT and ROLLBACK cannot be sent together with other commands. Send each separately.');
  }
}

/** The error that refuses a call of a handler on its transaction. */
export function refuse(hint: string): WebhookError {
  return new WebhookError('options_invalid', { at: 'context.transaction', hint });
}
