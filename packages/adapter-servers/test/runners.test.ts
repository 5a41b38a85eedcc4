/** Test runners other than the one of this repository, as processes of their own. */

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

interface Run {
  readonly code: number | null;
  readonly output: string;
}

function run(faults: object, ...command: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const env = { ...process.env, FAULTS: JSON.stringify(faults), NODE_OPTIONS: '', FORCE_COLOR: '0' };
    const child = spawn(process.execPath, command, { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('close', (code) => resolve({ code, output }));
  });
}

function runNodeTest(faults: object, ...options: string[]): Promise<Run> {
  const flags = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];
  return run(faults, ...flags, '--test', '--test-reporter=tap', ...options, pathOf('node-test/contract.ts'));
}

/** Jest takes the packages as they are published; as ES modules they need a flag of Node's. */
function runJest(faults: object, form: 'cjs' | 'mjs', ...options: string[]): Promise<Run> {
  const program = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js');
  const flags = form === 'mjs' ? ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'] : [];
  const config = ['--config', pathOf('jest/jest.config.json'), '--ci', '--runTestsByPath'];
  return run(faults, ...flags, program, ...config, pathOf(`jest/contract.test.${form}`), ...options);
}

describe('the contract of endpoints under node:test', () => {
  it('passes for an endpoint that holds it, and ends', async () => {
    const { code, output } = await runNodeTest({});
    expect(output).toMatch(/# pass 22\n/);
    expect(output).toMatch(/# skipped 1\n/);
    expect(code).toBe(0);
  });

  it('fails for one that does not, with what is wrong', async () => {
    const { code, output } = await runNodeTest({ failsOpen: true });
    expect(output).toMatch(/# fail 1\n/);
    expect(output).toContain('The endpoint fails open');
    expect(code).toBe(1);
  });

  it('ends where some cases are filtered away', async () => {
    const { code, output } = await runNodeTest({}, '--test-name-pattern=accepted and takes effect once');
    expect(output).toMatch(/# pass 1\n/);
    expect(code).toBe(0);
  });
});

describe.each([
  ['CommonJS', 'cjs'],
  ['ES modules', 'mjs'],
] as const)('the contract of endpoints under Jest, in %s', (_, form) => {
  it('passes for an endpoint that holds it, and ends', async () => {
    const { code, output } = await runJest({}, form);
    expect(output).toMatch(/^Tests: +2 skipped, 21 passed, 23 total$/m);
    expect(output).not.toContain('did not exit');
    expect(code).toBe(0);
  });

  it('fails for one that does not, with the case and what is wrong', async () => {
    const { code, output } = await runJest({ failsOpen: true }, form);
    expect(output).toMatch(/^Tests: +1 failed, 2 skipped, 20 passed, 23 total$/m);
    expect(output).toContain('✕ a delivery without its signature is refused');
    expect(output).toContain('The endpoint fails open');
    expect(code).toBe(1);
  });
});
