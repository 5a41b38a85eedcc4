/** Runs a bundle on Node, Bun or Deno. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { plainEnvironment } from './find-program.mjs';

const limitMilliseconds = 600_000;
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** The reports of the files, the version that actually ran, and the problems of the program as a whole. */
export async function runProgram({ runtime, program, bundle, path }) {
  const directory = mkdtempSync(join(dirname(path), 'run-'));
  const report = join(directory, 'report');
  const env = { ...plainEnvironment(), NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
  delete env.COUNTERSIGN_BACKEND;
  if (bundle.backend === 'web-crypto') env.COUNTERSIGN_BACKEND = 'web-crypto';
  const ending = await start(program.path, [...runtime.command, path, runtime.name, report], { cwd: directory, env });

  const lines = readLines(report);
  const files = lines.filter(({ tests }) => tests !== undefined);
  const problems = [];
  if (!lines.some(({ isDone }) => isDone)) {
    const last = lines.findLast(({ begins }) => begins !== undefined)?.begins ?? 'the first file';
    problems.push(`the program ended early (${ending}), in or before ${last}`);
  }
  return { files, version: lines.find(({ version }) => version !== undefined)?.version, problems };
}

/** Resolves to the way the program ended, with the end of its output. */
function start(file, parameters, options) {
  return new Promise((resolve) => {
    const child = spawn(file, parameters, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    children.add(child);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-2000);
    });
    const limit = setTimeout(() => {
      said += `not done after ${limitMilliseconds / 1000} s`;
      child.kill('SIGKILL');
    }, limitMilliseconds);
    child.on('error', (error) => {
      said += error.message;
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      children.delete(child);
      resolve(`${signal === null ? `exit code ${code}` : signal}${code === 0 ? '' : `: ${said.trim()}`}`);
    });
  });
}

function readLines(report) {
  try {
    return readFileSync(report, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}
