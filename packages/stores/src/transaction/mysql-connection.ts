/** A mysql2 connection while a handler uses it. */

import { guard, type OpenTransaction, openTransaction, refuseToClose, type Tenure } from '../open-transaction.ts';
import { NestedTransactions, type Replacement, refuse } from './nested-transactions.ts';
import { runsRoutine } from './sql-commands.ts';

type Method = (...given: unknown[]) => unknown;
type Callback = (error: unknown, ...results: unknown[]) => void;

/** The parts of a mysql2/promise connection that are used. */
interface Connection {
  query(sql: string, values?: unknown[]): Promise<unknown>;
}

/** A row that shows afterwards whether earlier writes were committed or rolled back. */
export interface TransactionMark {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

export interface OpenMysqlTransaction extends OpenTransaction<object> {
  readonly nested: NestedTransactions;
  /** The error with which the server rolled back the whole transaction. */
  readonly rolledBackBy: () => unknown;
  /** An error after which the server may have rolled back: it has if the store's savepoint is gone. */
  readonly perhapsRolledBackBy: () => unknown;
  /** True if the mark was written; it is written before a procedure is called, which could end the transaction. */
  readonly isMarked: () => boolean;
}

/** ER_LOCK_DEADLOCK: InnoDB rolls back the whole transaction, and later statements would commit separately. */
const deadlock = 1213;
/** ER_LOCK_WAIT_TIMEOUT (by `innodb_rollback_on_timeout`), ER_LOCK_TABLE_FULL, ER_CHECKREAD. */
const perhaps = new Set([1205, 1206, 1020]);

/** Wraps a connection on which the store has begun a transaction and set its savepoint. */
export function openMysqlTransaction(connection: Connection, mark: TransactionMark): OpenMysqlTransaction {
  const nested = new NestedTransactions('mysql');
  let rolledBackBy: unknown;
  let perhapsBy: unknown;
  let isMarked = false;
  let isMarking = false;
  const note = (error: unknown) => {
    const number = Number((error as { errno?: unknown } | null)?.errno);
    if (number === deadlock) rolledBackBy ??= error;
    if (perhaps.has(number)) perhapsBy ??= error;
  };
  const open = openTransaction(connection, (tenure) => {
    const watch: Watch = {
      nested,
      tenure,
      note,
      markBefore(text) {
        if (isMarked || isMarking || !runsRoutine(text, 'mysql')) return undefined;
        isMarking = true;
        return mark;
      },
      marked(error) {
        isMarking = false;
        // For example under LOCK TABLES: the transaction then has no mark.
        if (error) note(error);
        else isMarked = true;
      },
      requireIntact() {
        if (rolledBackBy !== undefined) {
          throw refuse(
            'A deadlock made the database roll back the whole transaction, so the rest of the handler cannot be part of it. Let the deadlock error through: the event runs again.',
          );
        }
      },
    };
    return promiseMembers(connection, watch);
  });
  return {
    ...open,
    nested,
    rolledBackBy: () => rolledBackBy,
    perhapsRolledBackBy: () => perhapsBy,
    isMarked: () => isMarked,
  };
}

interface Watch {
  readonly nested: NestedTransactions;
  readonly tenure: Tenure;
  note(error: unknown): void;
  /** The mark, if it must be written before a text is sent. */
  markBefore(text: string): TransactionMark | undefined;
  /** Call it when the mark was written, or failed. */
  marked(error: unknown): void;
  /** @throws options_invalid after the server has rolled back */
  requireIntact(): void;
}

/** The methods of mysql2/promise that return promises. */
function promiseMembers(connection: Connection, watch: Watch) {
  const inner = connection as Connection & Record<string, Method>;
  /** Runs a step after its text has been checked; `send` may get a different text. */
  const run = async (
    decide: () => Replacement | undefined,
    step: () => unknown,
    text: string | undefined = undefined,
  ): Promise<unknown> => {
    watch.tenure.requireOpen();
    watch.requireIntact();
    const replacement = decide();
    const mark = text === undefined ? undefined : watch.markBefore(text);
    try {
      // Sent in the same turn, so that commands stay in the handler's order.
      if (mark !== undefined) inner.query(mark.sql, [...mark.values]).then(() => watch.marked(null), watch.marked);
      return await (replacement === undefined ? step() : inner.query(replacement.text));
    } catch (error) {
      replacement?.undo();
      watch.note(error);
      throw error;
    }
  };
  const send =
    (method: 'query' | 'execute'): Method =>
    (...given) =>
      run(
        () => watch.nested.decide(textOf(given[0])),
        () => (inner[method] as Method)(...given),
        textOf(given[0]),
      );
  const ended = async (decide: () => Replacement) => void (await run(decide, () => undefined));
  return {
    query: send('query'),
    execute: send('execute'),
    beginTransaction: () => ended(() => watch.nested.begin()),
    commit: () => ended(() => watch.nested.commit()),
    rollback: () => ended(() => watch.nested.rollback()),
    prepare: async (given: unknown) => {
      requirePreparable(given, watch);
      const statement = (await inner.prepare?.(given)) as { execute: Method };
      return guard(statement, watch.tenure, {
        execute: (...values: unknown[]) =>
          run(
            () => undefined,
            () => statement.execute(...values),
            textOf(given),
          ),
      });
    },
    ...closing(async () => refuseToClose()),
    // The callback connection below it; Drizzle streams from it.
    ...(typeof inner.connection === 'object' && {
      connection: guard(inner.connection as object, watch.tenure, callbackMembers(inner.connection as never, watch)),
    }),
  };
}

/** The callback connection: takes a command, and passes its result to the callback, or to the listeners of the object it returns. */
function callbackMembers(inner: Record<string, Method>, watch: Watch) {
  interface Step {
    readonly given: readonly unknown[];
    decide(): Replacement | undefined;
    send(given: unknown[]): unknown;
    /** The text that the server runs. */
    readonly text?: string;
    /** The result as the handler gets it. */
    shown?(result: unknown): unknown;
  }
  /** A refusal goes to the callback, like an error of the server; a stream has none and throws. */
  const run = ({ given, decide, send, text = '', shown = (result) => result }: Step) => {
    const callback = given.findLast((value) => typeof value === 'function') as Callback | undefined;
    try {
      watch.tenure.requireOpen();
      watch.requireIntact();
      const replacement = decide();
      const tell: Callback = (error, ...results) => {
        if (error) {
          replacement?.undo();
          watch.note(error);
        }
        callback?.(error, ...results.map(shown));
      };
      if (replacement !== undefined) return inner.query?.(replacement.text, tell);
      const mark = watch.markBefore(text);
      // Commands of one connection are sent in order.
      if (mark !== undefined) inner.query?.(mark.sql, [...mark.values], watch.marked);
      if (callback === undefined) return watchErrors(send([...given]), watch);
      return send(given.map((value) => (value === callback ? tell : value)));
    } catch (error) {
      if (callback === undefined) throw error;
      queueMicrotask(() => callback(error));
    }
  };
  const sent =
    (method: 'query' | 'execute'): Method =>
    (...given) =>
      run({
        given,
        text: textOf(given[0]),
        decide: () => watch.nested.decide(textOf(given[0])),
        send: (parameters) => inner[method]?.(...parameters),
      });
  const control =
    (decide: () => Replacement): Method =>
    (...given) =>
      run({ given, decide, send: () => undefined });
  return {
    query: sent('query'),
    execute: sent('execute'),
    beginTransaction: control(() => watch.nested.begin()),
    commit: control(() => watch.nested.commit()),
    rollback: control(() => watch.nested.rollback()),
    prepare: (...given: unknown[]) =>
      run({
        given,
        decide: () => requirePreparable(given[0], watch),
        send: (parameters) => inner.prepare?.(...parameters),
        shown: (statement) => preparedIn(statement as Record<string, Method>, textOf(given[0])),
      }),
    ...closing(refuseToClose),
    promise(...given: unknown[]) {
      const connection = inner.promise?.(...given) as Connection;
      return guard(connection, watch.tenure, promiseMembers(connection, watch));
    },
  };

  function preparedIn(statement: Record<string, Method>, text: string): object {
    return guard(statement, watch.tenure, {
      execute: (...given: unknown[]) =>
        run({ given, text, decide: () => undefined, send: (values) => statement.execute?.(...values) }),
    });
  }
}

/** Notes the error of a command without a callback, which tells its listeners, or the stream that is made of it. */
function watchErrors(command: unknown, watch: Watch): unknown {
  const emitter = command as { emit?: Method } | undefined;
  const emit = emitter?.emit;
  if (emitter !== undefined && typeof emit === 'function') {
    emitter.emit = (name, ...values) => {
      if (name === 'error') watch.note(values[0]);
      return Reflect.apply(emit, emitter, [name, ...values]);
    };
  }
  return command;
}

/** Calls that would give the connection back, close it, or reset its session and with that its transaction. */
function closing(refusal: Method) {
  return {
    release: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
    [Symbol.dispose]: () => undefined,
    end: refusal,
    changeUser: refusal,
    reset: refusal,
    close: refuseToClose,
    destroy: refuseToClose,
  };
}

/** @throws options_invalid: the text of a prepared COMMIT would not be seen when it runs */
function requirePreparable(given: unknown, { nested, tenure }: Watch): undefined {
  tenure.requireOpen();
  if (nested.isControl(textOf(given))) {
    throw refuse('BEGIN, COMMIT and ROLLBACK cannot be prepared here. Send them with query().');
  }
}

function textOf(given: unknown): string {
  return String(typeof given === 'object' && given !== null ? (given as { sql?: unknown }).sql : given);
}
