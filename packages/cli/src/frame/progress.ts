/** Shows the progress of a command on a terminal, and removes it afterwards. */

import type { Frame } from './frame.ts';

/** The progress. Calls cost nothing if nothing is shown. */
export interface Progress {
  /** One more is done. */
  advance(): void;
  /** Runs code that writes to the screen, with the bar hidden. */
  around(write: () => void): void;
  /** Removes the bar. */
  stop(): void;
}

const nothing: Progress = { advance: () => undefined, around: (write) => write(), stop: () => undefined };

/**
 * A progress bar on stderr if that is a terminal.
 *
 * @param total the expected total; undefined if it is not known
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
    // Code that hides the cursor or stops line wrapping must restore it, however the process ends.
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
      // More than expected, for example because attempts are repeated.
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
