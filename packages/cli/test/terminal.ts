/** A real pseudo-terminal around the command line, by Python's pty module, since Node has none. */

import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compileCache } from './run-cli.ts';

/** Waits until the screen shows a text, then types. */
export type Step = readonly [waitFor: string, type: string];

/** What came of a session at a terminal. */
export interface Session {
  readonly code: number;
  /** All that was ever written to the screen, control sequences among it. */
  readonly screen: string;
}

/** Whether a terminal can be had here. In CI one has to be. */
export const hasTerminal =
  process.env.CI !== undefined || spawnSync('python3', ['-c', 'import pty'], { stdio: 'ignore' }).status === 0;

// Reads its steps from standard input. The terminal gets a size, as a real one has, and echoes what is typed unless told otherwise.
const driver = `
import fcntl, json, os, pty, select, struct, sys, termios, time
job = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.environ.clear()
    os.environ.update(job['env'])
    os.execv(job['command'][0], job['command'])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 120, 0, 0))
screen, steps, seen, deadline = b'', job['steps'], 0, time.time() + 15
while time.time() < deadline:
    ready, _, _ = select.select([terminal], [], [], 0.05)
    if ready:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        screen += chunk
    if steps and steps[0][0].encode() in screen[seen:]:
        seen = len(screen)
        time.sleep(0.15)
        os.write(terminal, steps.pop(0)[1].encode())
else:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
json.dump({'code': code, 'screen': screen.decode('utf8', 'replace'), 'left': steps}, sys.stdout)
`;

const program = fileURLToPath(new URL('../src/bin.ts', import.meta.url));

/** Runs the program at a terminal and types what the steps say. @throws where a step was never asked for */
export function runAtTerminal(
  words: readonly string[],
  steps: readonly Step[],
  env: Readonly<Record<string, string>> = {},
): Promise<Session> {
  const flags = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];
  const command = [process.execPath, ...flags, program, ...words];
  const given = { ...compileCache, PATH: process.env.PATH ?? '', TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env };
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-c', driver], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', () => {
      const { left, ...session } = JSON.parse(text) as Session & { readonly left: readonly Step[] };
      if (left.length === 0) resolve(session);
      else reject(new Error(`The screen never showed ${JSON.stringify(left[0]?.[0])}: ${session.screen}`));
    });
    child.stdin.end(JSON.stringify({ command, env: given, steps }));
  });
}
