/** Shows on a terminal how far a command has come, and leaves no trace of it behind. */

import type { Frame } from './frame.ts';

/** How far it has come. Calls cost nothing where nothing is shown. */
export interface Progress {
  /** One more is done. */
  advance(): void;
  /** Runs what writes to the screen, with the bar out of the way. */
  around(write: () => void): void;
  /** Takes the bar away. */
  stop(): void;
}

const nothing: Progress = { advance: () => undefined, around: (write) => write(), stop: () => undefined };

/**
 * A bar on stderr where that is a terminal.
 *
 * @param total how many there will be; undefined where that is not known
 */
export async function startProgress(
  { surroundings, output }: Frame,
  what: string,
  total: number | undefined,
): Promise<Progress> {
  const { stderr, env } = surroundings;
  if (stderr.isTTY !== true || output.isJson || env.TERM === 'dumb') return nothing;
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    stream: stderr as NodeJS.WriteStream,
    format: total === undefined ? `${what}: {value} done` : `${what} {bar} {value} of {total}, {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    fps: 10,
    clearOnComplete: true,
    // Whoever hides the cursor or stops the wrapping of lines has to mend it again, however the process ends.
    hideCursor: false,
    linewrap: true,
    gracefulExit: false,
  });
  let done = 0;
  let isOver = false;
  const start = () => bar.start(total ?? 0, done);
  start();
  return {
    advance() {
      done += 1;
      // More than was foreseen, as of attempts that are repeated.
      if (total !== undefined && done > bar.getTotal()) bar.setTotal(done);
      bar.update(done);
    },
    around(write) {
      bar.stop();
      write();
      if (!isOver) start();
    },
    stop() {
      isOver = true;
      bar.stop();
    },
  };
}
