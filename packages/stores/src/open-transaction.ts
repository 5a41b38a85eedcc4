/** A transaction in the hands of a handler: usable until it is over, and neither ended nor given back by the handler. */

import { WebhookError } from '@countersign/core';
import { refuse } from './transaction/nested-transactions.ts';

const targets = new WeakSet<object>();

/** The client of an open transaction, and the way to close it to the handler. */
export interface OpenTransaction<Client extends object> {
  readonly client: Client;
  close(): void;
}

/** Whether a transaction is still the handler's. */
export class Tenure {
  #isOver = false;

  /** @throws options_invalid once it is over */
  requireOpen(): void {
    if (this.#isOver) {
      throw refuse(
        'The transaction is over: the handler has returned, came too late, or lost its claim. Await in the handler whatever it does with its transaction.',
      );
    }
  }

  end(): void {
    this.#isOver = true;
  }
}

type Members = { readonly [name: PropertyKey]: unknown };

/**
 * Wraps a client so that a handler that runs on past its end cannot write outside of the transaction: the connection
 * goes back to its pool, and what was sent through it later would commit at once, or into somebody else's transaction.
 *
 * `membersOf` gives what the handler gets in place of the client's own members.
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

/** The member that takes the place of a client that is called itself, as that of postgres is. It asks for the tenure by itself. */
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
      // Bound, since clients keep private fields that a proxy does not have.
      const method = new Proxy(value, {
        apply(target_, _, parameters) {
          tenure.requireOpen();
          const result: unknown = Reflect.apply(target_, target, parameters);
          // What gives itself back, as emitters do, must not give away what is inside.
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

/** A property that cannot change has to be shown as it is. */
function isFixed(target: object, name: PropertyKey): boolean {
  const own = Reflect.getOwnPropertyDescriptor(target, name);
  return own?.configurable === false && own.writable === false;
}

/** Takes the place of a method that would close the connection. */
export function refuseToClose(): never {
  throw refuse('The connection belongs to the store until the handler has returned. Remove the call that closes it.');
}

/** Lets {@link transactionOf} find a transaction that is handed over as it is. */
export function registerTransaction(transaction: object): void {
  targets.add(transaction);
}

/** @throws options_invalid where the context holds no transaction of a store */
export function transactionOf<Client>(context: { readonly transaction: unknown }): Client {
  const { transaction } = context;
  const isObject = (typeof transaction === 'object' && transaction !== null) || typeof transaction === 'function';
  if (isObject && targets.has(transaction as object)) return transaction as Client;
  throw new WebhookError('options_invalid', {
    at: 'context.transaction',
    hint: "There is one only with dedupe: { store, mode: 'transactional' }.",
  });
}
