/**
 * A transaction while a handler uses it: usable until the handler ends, and protected from being ended or given back by
 * it.
 */

import { WebhookError } from '@countersign/core';
import { refuse } from './transaction/nested-transactions.ts';

const targets = new WeakSet<object>();

/** The client of an open transaction, and the function that closes it to the handler. */
export interface OpenTransaction<Client extends object> {
  readonly client: Client;
  close(): void;
}

/** True if a transaction still belongs to the handler. */
export class Tenure {
  #isOver = false;

  /** @throws options_invalid once the transaction is over */
  requireOpen(): void {
    if (this.#isOver) {
      throw refuse(
        'The transaction is over: the handler has returned, ran too long, or lost its claim. Await everything that the handler does with its transaction.',
      );
    }
  }

  end(): void {
    this.#isOver = true;
  }
}

type Members = { readonly [name: PropertyKey]: unknown };

/**
 * Wraps a client so that a handler that continues past its end cannot write outside the transaction: the connection
 * goes back to its pool, and anything sent through it later would commit immediately, or in someone else's transaction.
 *
 * `membersOf` returns the members that replace the client's own.
 */
export function openTransaction<Client extends object>(
  inner: Client,
  membersOf: (tenure: Tenure, wrapped: () => Client) => Members = () => ({}),
): OpenTransaction<Client> {
  const tenure = new Tenure();
  const client: Client = guard(
    inner,
    tenure,
    membersOf(tenure, () => client),
  );
  targets.add(client);
  return { client, close: () => tenure.end() };
}

/**
 * The member that replaces a client that is itself a function, such as the one of postgres. It checks the tenure
 * itself.
 */
export const callSelf = Symbol('call');

/** The same object with other members, whose methods refuse to run once the tenure is over. */
export function guard<Target extends object>(inner: Target, tenure: Tenure, members: Members): Target {
  const methods = new WeakMap<object, unknown>();
  const guarded: Target = new Proxy(inner, {
    get(target, name) {
      if (Object.hasOwn(members, name)) return members[name];
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function' || name === 'constructor' || isFixed(target, name)) return value;
      const known = methods.get(value);
      if (known !== undefined) return known;
      // Bound, because clients have private fields that a proxy does not.
      const method = new Proxy(value, {
        apply(target_, _, parameters) {
          tenure.requireOpen();
          const result: unknown = Reflect.apply(target_, target, parameters);
          // Methods that return the object itself, as emitters do, must not reveal the wrapped object.
          return result === target ? guarded : result;
        },
      });
      methods.set(value, method);
      return method;
    },
    apply(target, self, parameters) {
      const own = members[callSelf];
      if (own === undefined) tenure.requireOpen();
      return Reflect.apply((own ?? target) as never, self, parameters);
    },
  });
  return guarded;
}

/** A property that cannot change must be returned unchanged. */
function isFixed(target: object, name: PropertyKey): boolean {
  const own = Reflect.getOwnPropertyDescriptor(target, name);
  return own?.configurable === false && own.writable === false;
}

/** Replaces a method that would close the connection. */
export function refuseToClose(): never {
  throw refuse('The connection belongs to the store until the handler has returned. Remove the call that closes it.');
}

/** Lets {@link transactionOf} find a transaction that is passed on unchanged. */
export function registerTransaction(transaction: object): void {
  targets.add(transaction);
}

/** @throws options_invalid if the context has no transaction of a store */
export function transactionOf<Client>(context: { readonly transaction: unknown }): Client {
  const { transaction } = context;
  const isObject = (typeof transaction === 'object' && transaction !== null) || typeof transaction === 'function';
  if (isObject && targets.has(transaction as object)) return transaction as Client;
  throw new WebhookError('options_invalid', {
    at: 'context.transaction',
    hint: "There is only one with dedupe: { store, mode: 'transactional' }.",
  });
}
