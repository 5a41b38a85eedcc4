/** A transaction in the hands of a handler: usable until it is over, and not a statement longer. */

import { WebhookError } from '@countersign/core';

const targets = new WeakSet<object>();

/** The client of an open transaction, and the way to close it to the handler. */
export interface OpenTransaction<Client extends object> {
  readonly client: Client;
  close(): void;
}

/**
 * Wraps a client so that a handler that runs on past its end cannot write outside of the transaction: the connection
 * goes back to its pool, and what was sent through it later would commit at once, or into somebody else's transaction.
 */
export function openTransaction<Client extends object>(inner: Client): OpenTransaction<Client> {
  let isOpen = true;
  const requireOpen = () => {
    if (!isOpen) throw new Error('The transaction is over: the handler ended, came too late, or lost its claim.');
  };
  const methods = new Map<PropertyKey, unknown>();
  const client = new Proxy(inner, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const known = methods.get(name);
      if (known !== undefined) return known;
      // Bound, since clients keep private fields that a proxy does not have.
      const method = new Proxy(value, {
        apply(target_, _, parameters) {
          requireOpen();
          return Reflect.apply(target_, target, parameters);
        },
      });
      methods.set(name, method);
      return method;
    },
    apply(target, self, parameters) {
      requireOpen();
      return Reflect.apply(target as never, self, parameters);
    },
  });
  targets.add(client);
  return {
    client,
    close() {
      isOpen = false;
    },
  };
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
