/** Runs a command and collects its output. */
import { spawn } from 'node:child_process';

export function run(file, parameters, directory, { environment = {}, limitSeconds = 240 } = {}) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(file, parameters, {
      cwd: directory,
      env: { ...process.env, NODE_OPTIONS: '', ...environment },
      timeout: limitSeconds * 1000,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal ? `${output}ended by ${signal}` : output }),
    );
  });
}
