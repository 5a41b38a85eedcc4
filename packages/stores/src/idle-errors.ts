/** Keeps a connection that breaks while nobody uses it from ending the process. */

/**
 * Listens where the app does not: Node ends a process at an `error` event without a listener, and clients emit one when
 * the server goes away. The next step of the store rejects anyway, which is how the receiver learns of it.
 */
export function absorbIdleErrors(client: object): void {
  const emitter = client as { on?: unknown; listenerCount?: unknown };
  if (typeof emitter.on !== 'function' || typeof emitter.listenerCount !== 'function') return;
  if (emitter.listenerCount('error') === 0) emitter.on('error', () => undefined);
}
