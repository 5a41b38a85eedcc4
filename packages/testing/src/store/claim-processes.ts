/** Races for claims between processes, which share nothing but the backend. */

import { spawn } from 'node:child_process';

/** The script of each process. A string, so that it does not need its own file next to each build of this package. */
const program = `
const [module] = process.argv.slice(-1);
const { default: make } = await import(module);
const { store, close } = await make();
process.on('message', async ({ keys, copies, leaseSeconds, startAt }) => {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, startAt - Date.now())));
  const given = [];
  for (const key of keys) {
    const claims = await Promise.all(Array.from({ length: copies }, () => store.claim(key, leaseSeconds)));
    for (const claim of claims) if (claim.state === 'claimed') given.push(key);
  }
  process.send({ given });
});
process.on('disconnect', async () => {
  await close?.();
  process.exit();
});
process.send({ ready: true });
`;

export interface ClaimRace {
  readonly module: URL;
  readonly count: number;
  readonly execArgv: readonly string[] | undefined;
  readonly keys: readonly string[];
  /** Number of claims that each process makes at once for each key. */
  readonly copies: number;
  readonly leaseSeconds?: number;
  /** True if the processes are killed, with their claims, once they have reported them. */
  readonly kill?: boolean;
}

/** @returns the number of granted claims for each key */
export async function claimProcesses({
  module,
  count,
  execArgv = [],
  keys,
  copies,
  leaseSeconds = 60,
  kill = false,
}: ClaimRace): Promise<Map<string, number>> {
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [...execArgv, '--input-type=module', '-e', program, module.href], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  );
  const messageOf = (child: (typeof children)[number]) =>
    new Promise<{ given?: string[] }>((resolve, reject) => {
      const fail = () => reject(new Error('A process of the race ended before it reported its claims.'));
      child.once('exit', fail).once('error', reject);
      child.once('message', (message) => {
        child.off('exit', fail);
        resolve(message as { given?: string[] });
      });
    });
  try {
    await Promise.all(children.map(messageOf));
    const startAt = Date.now() + 50;
    const results = children.map(messageOf);
    for (const child of children) child.send({ keys, copies, leaseSeconds, startAt });
    const given = new Map<string, number>();
    for (const { given: names = [] } of await Promise.all(results)) {
      for (const key of names) given.set(key, (given.get(key) ?? 0) + 1);
    }
    return given;
  } finally {
    const ended = children.map((child) =>
      child.exitCode !== null ? undefined : new Promise((resolve) => child.once('exit', resolve)),
    );
    for (const child of children) {
      if (kill) child.kill('SIGKILL');
      else if (child.connected) child.disconnect();
    }
    await Promise.all(ended);
  }
}
