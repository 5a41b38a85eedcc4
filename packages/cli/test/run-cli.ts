/** Runs the command line: as a child process from its source, or inside this process with streams of its own. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { run } from '../src/program.ts';

/** What a command line ended with. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command line finds around it. */
export interface CliSetting {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array | string;
  readonly folder?: string;
  /** The time, in seconds since 1970; inside this process alone. */
  readonly at?: number;
  readonly isTerminal?: boolean;
}

const program = fileURLToPath(new URL('../src/bin.ts', import.meta.url));

const { NODE_COMPILE_CACHE } = process.env;
/** Of all variables around the tests the one that a program gets too: it starts in half the time. */
export const compileCache: Readonly<Record<string, string>> = NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {};

/** The program as a child process. */
export function runProgram(words: readonly string[], setting: CliSetting = {}): Promise<CliResult> {
  const flags = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];
  return new Promise((resolve, reject) => {
    const env = { ...compileCache, PATH: process.env.PATH, ...setting.env } as unknown as NodeJS.ProcessEnv;
    const child = spawn(process.execPath, [...flags, program, ...words], { cwd: setting.folder, env });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    child.stdin.on('error', () => {}).end(setting.stdin ?? '');
  });
}

/** The same inside this process, which takes a hundredth of the time. */
export async function runHere(words: readonly string[], setting: CliSetting = {}): Promise<CliResult> {
  const { env = {}, stdin = '', folder = process.cwd(), at, isTerminal = false } = setting;
  const written = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof written) => ({
    isTTY: isTerminal,
    write(text: string) {
      written[name] += text;
    },
  });
  const code = await run(words, {
    stdin: [Buffer.from(stdin)].values() as unknown as AsyncIterable<Uint8Array>,
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env,
    folder,
    clock: () => (at === undefined ? new Date() : new Date(at * 1000)),
  });
  return { code, ...written };
}

/** A folder for one test file, and a way to put files into it. */
export function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  const write = (content: Uint8Array | string, name = `file-${++count}`) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return { folder, write };
}
