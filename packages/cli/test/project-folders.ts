/** Small projects in folders of their own, for `countersign doctor --project`. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { Finding } from '../src/project/finding.ts';
import { runHere } from './run-cli.ts';

/** Files by their paths; a text alone is `server.ts`. */
export type Files = Readonly<Record<string, string>> | string;

/** What doctor says of a project, in short and in full. */
export interface Examined {
  readonly code: number;
  /** `file:line rule certainty` of each finding. */
  readonly places: readonly string[];
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
  readonly text: string;
}

/** Writes a project into a folder that goes away after the tests. */
export function writeProject(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-project-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(typeof files === 'string' ? { 'server.ts': files } : files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Runs doctor over a folder. */
export async function examineFolder(folder: string, env: Record<string, string> = {}): Promise<Examined> {
  const { code, stdout, stderr } = await runHere(['doctor', '--project', folder, '--json'], { env });
  const { findings, notes } = JSON.parse(stdout) as Pick<Examined, 'findings' | 'notes'>;
  const places = findings.map(({ file, line, rule, certainty }) => `${file}:${line} ${rule} ${certainty}`);
  return { code, places, findings, notes, text: stdout + stderr };
}

/** Writes a project and runs doctor over it. */
export const examine = (files: Files, env?: Record<string, string>) => examineFolder(writeProject(files), env);
