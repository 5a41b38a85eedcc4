/** A way to a backend that loses answers, or requests. */

export function createLossyPath() {
  let isBroken = false;
  let answersToLose = 0;
  return {
    lose(answers: number) {
      isBroken = true;
      answersToLose = answers;
    },
    mend() {
      isBroken = false;
    },
    /** Sends a request over it. */
    async pass<Answer>(send: () => Promise<Answer>): Promise<Answer> {
      if (!isBroken) return send();
      if (answersToLose-- > 0) await send().catch(() => undefined);
      throw new Error('socket hang up');
    },
  };
}
