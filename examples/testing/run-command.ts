/** Runs a command that ends on its own, such as a build. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** @throws with the command's output if it fails */
export async function runCommand(
  [program, ...options]: readonly [program: string, ...options: string[]],
  folder: URL,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const cwd = fileURLToPath(folder);
  try {
    await promisify(execFile)(program, options, { cwd, env: { ...process.env, ...env } });
  } catch (error) {
    const { message, stdout, stderr } = error as Error & { stdout: string; stderr: string };
    throw new Error(`${message}\nin ${cwd}\n${stdout}\n${stderr}`);
  }
}
