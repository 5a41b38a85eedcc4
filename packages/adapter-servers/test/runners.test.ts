/** Test runners other than the one of this repository, as processes of their own. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const file = fileURLToPath(new URL('node-test/contract.ts', import.meta.url));

function runNodeTest(faults: object, ...options: string[]): Promise<{ code: number | null; output: string }> {
  const flags = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];
  return new Promise((resolve) => {
    const env = { ...process.env, FAULTS: JSON.stringify(faults), NODE_OPTIONS: '' };
    const child = spawn(process.execPath, [...flags, '--test', '--test-reporter=tap', ...options, file], { env });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('close', (code) => resolve({ code, output }));
  });
}

describe('the contract of endpoints under node:test', () => {
  it('passes for an endpoint that holds it, and ends', async () => {
    const { code, output } = await runNodeTest({});
    expect(output).toMatch(/# pass 23\n/);
    expect(code).toBe(0);
  });

  it('fails for one that does not, with what is wrong', async () => {
    const { code, output } = await runNodeTest({ failsOpen: true });
    expect(output).toMatch(/# fail 1\n/);
    expect(output).toContain('It fails open');
    expect(code).toBe(1);
  });

  it('ends where some cases are filtered away', async () => {
    const { code, output } = await runNodeTest({}, '--test-name-pattern=accepted and takes effect once');
    expect(output).toMatch(/# pass 1\n/);
    expect(code).toBe(0);
  });
});
