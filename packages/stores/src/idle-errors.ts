/** Keeps an idle connection that breaks from ending the process. */

/**
 * Adds an error listener if the app has none: Node ends a process on an `error` event without a listener, and clients
 * emit one when the server goes away. The next step of the store rejects anyway, so the receiver notices.
 */
export function absorbIdleErrors(client: object): void {
  const emitter = client as { on?: unknown; listenerCount?: unknown };
  if (typeof emitter.on !== 'function' || typeof emitter.listenerCount !== 'function') return;
  if (emitter.listenerCount('error') === 0) emitter.on('error', () => undefined);
}
