/** A way to a backend that loses answers, or requests. */

export function createLossyPath() {
  let isBroken = false;
  let answersToLose = 0;
  let held: { send?: () => Promise<unknown> } | undefined;
  return {
    lose(answers: number) {
      isBroken = true;
      answersToLose = answers;
    },
    mend() {
      isBroken = false;
    },
    /** Holds up the next request: it fails at once, and arrives when the returned function is called. */
    hold() {
      const mine: { send?: () => Promise<unknown> } = {};
      held = mine;
      return async () => void (await mine.send?.().catch(() => undefined));
    },
    /** Sends a request over it; `late` sends it where the connection is gone by then. */
    async pass<Answer>(send: () => Promise<Answer>, late: () => Promise<unknown> = send): Promise<Answer> {
      if (held !== undefined) {
        held.send = late;
        held = undefined;
        throw new Error('socket hang up');
      }
      if (!isBroken) return send();
      if (answersToLose-- > 0) await send().catch(() => undefined);
      throw new Error('socket hang up');
    },
  };
}
