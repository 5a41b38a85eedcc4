/** A pg client while a handler uses it. */

import { type OpenTransaction, openTransaction, refuseToClose, type Tenure } from '../open-transaction.ts';
import { NestedTransactions, type Replacement, storeSavepoint } from './nested-transactions.ts';

type Callback = (error: unknown, result?: unknown) => void;
type QueryFunction = (...given: unknown[]) => unknown;

/** The first parameter of pg's `query`. */
type Given = string | Config | Submittable;
interface Config {
  readonly text?: string;
  readonly name?: string;
  readonly callback?: Callback;
}
/** A Query, a cursor or a stream, which sends itself. */
interface Submittable {
  submit: unknown;
  handleError?(error: unknown): void;
  text?: string;
  readonly cursor?: { text?: string };
}

/** The parts of a pg client that are used. */
interface Client {
  query(text: string): unknown;
}

export interface OpenPgTransaction extends OpenTransaction<Client> {
  readonly nested: NestedTransactions;
}

/** Wraps a client on which the store has begun a transaction and set its savepoint. */
export function openPgTransaction(client: Client): OpenPgTransaction {
  const nested = new NestedTransactions('postgres');
  const open = openTransaction(client, (tenure) => ({
    query: createQuery(client, nested, tenure),
    release: () => undefined,
    end: answeringLikePg(refuseToClose),
    [Symbol.asyncDispose]: async () => undefined,
    [Symbol.dispose]: () => undefined,
  }));
  return { ...open, nested };
}

function createQuery(client: Client, nested: NestedTransactions, tenure: Tenure): QueryFunction {
  const send = client.query.bind(client) as QueryFunction;
  return (...given) => {
    const [first] = given as [Given];
    if (isSubmittable(first)) {
      try {
        tenure.requireOpen();
      } catch (error) {
        return failLikePg(first, error);
      }
      const text = textOf(first, client);
      if (text === undefined) return send(...given);
      // It reports its end with its own events, so after an error the handler keeps the count of open ones.
      const replacement = nested.decide(text);
      if (replacement !== undefined) setText(first, replacement.text);
      return send(...given);
    }
    return answeringLikePg((...parameters) => {
      tenure.requireOpen();
      const text = textOf(first, client);
      if (text === undefined) return send(...parameters);
      const replacement = nested.decide(text);
      if (replacement !== undefined) return replace(send, replacement, callbackOf(parameters));
      if (nested.setsTransaction(text) && callbackOf(parameters) === undefined) return setTransaction(send, parameters);
      return send(...parameters);
    })(...given);
  };
}

/** A refusal is reported through the same callback or promise as an error of the server. */
function answeringLikePg(method: QueryFunction): QueryFunction {
  return (...given) => {
    try {
      return method(...given);
    } catch (error) {
      const callback = callbackOf(given);
      if (callback === undefined) return Promise.reject(error);
      queueMicrotask(() => callback(error));
    }
  };
}

/** A cursor or a stream gets the error in the same way as for a closed connection. */
function failLikePg(given: Submittable, error: unknown): Submittable {
  if (given.handleError === undefined) throw error;
  queueMicrotask(() => given.handleError?.(error));
  return given;
}

function replace(send: QueryFunction, { text, undo }: Replacement, callback: Callback | undefined): unknown {
  if (callback === undefined) {
    return (send(text) as Promise<unknown>).catch((error) => {
      undo();
      throw error;
    });
  }
  return send(text, (error: unknown, result: unknown) => {
    if (error) undo();
    callback(error, result);
  });
}

/** `SET TRANSACTION` is refused within a savepoint, so the store's own savepoint is released for it. */
async function setTransaction(send: QueryFunction, given: unknown[]): Promise<unknown> {
  await send(`RELEASE SAVEPOINT ${storeSavepoint}`);
  const result = await send(...given);
  await send(`SAVEPOINT ${storeSavepoint}`);
  return result;
}

function textOf(given: Given, client: Client): string | undefined {
  if (typeof given === 'string') return given;
  if (typeof given !== 'object' || given === null) return undefined;
  if (isSubmittable(given)) return given.text ?? given.cursor?.text;
  const { text, name } = given;
  if (typeof text === 'string' || name === undefined) return text;
  // A statement that this connection has prepared can be called by its name alone.
  const { connection } = client as { connection?: { parsedStatements?: Record<string, string> } };
  return connection?.parsedStatements?.[name];
}

function setText(given: Submittable, text: string): void {
  if (typeof given.text === 'string') given.text = text;
  if (typeof given.cursor?.text === 'string') given.cursor.text = text;
}

const isSubmittable = (given: Given): given is Submittable =>
  typeof given === 'object' && given !== null && typeof (given as Submittable).submit === 'function';

function callbackOf(given: readonly unknown[]): Callback | undefined {
  const callback = given.findLast((value) => typeof value === 'function') ?? (given[0] as Config | undefined)?.callback;
  return typeof callback === 'function' ? (callback as Callback) : undefined;
}
