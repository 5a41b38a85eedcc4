/** Controls of the check for plain English: plants each habit once and expects a report with its line. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prose-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function check(files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { stdout, status } = spawnSync(process.execPath, [join(repository, '.ci/prose/index.mjs'), '--root', root], {
    encoding: 'utf8',
  });
  return { lines: stdout.trim().split('\n'), status };
}

const planted = [
  ['stands', 'The key stands in the header.'],
  ['anew', 'The body is signed anew.'],
  ['is no', 'A redirect is no success.'],
  ['is no', 'Refuses a body that is no JSON.'],
  ['beside', 'The header beside the signature.'],
  ['somebody', 'Unless somebody else owns the event.'],
  ['mend', 'The one who can mend it.'],
  ['as it came', 'Passes the body as it came.'],
  ['comes to nothing', 'An import that came to nothing.'],
  ['what becomes of', 'Reports what became of a delivery.'],
  ['is told', 'The sender is told to come back.'],
  ['hears', 'Until the sender hears a success.'],
  ['to be had', 'Where no runtime can be had.'],
  ['for ever', 'It would hold its port for ever.'],
  ['white space', 'The secret has white space at its end.'],
  ['some as about', 'Waits for some ten seconds.'],
  ['inside of', 'A signature inside of the body.'],
  ['archaic', 'The caller waits in vain.'],
] as const;

describe('the check for plain English', () => {
  it.each(planted)('reports "%s" in Markdown, in a comment and in a message', (habit, sentence) => {
    const { lines, status } = check({
      'README.md': `# Title\n\nFine.\n${sentence}\n`,
      'packages/one/src/index.ts': `// Fine.\n\n// ${sentence}\nexport const message = '${sentence}';\n`,
    });
    expect(lines.slice(0, 3)).toEqual([
      expect.stringContaining(`README.md:4: ${habit}: `),
      expect.stringContaining(`packages/one/src/index.ts:3: ${habit}: `),
      expect.stringContaining(`packages/one/src/index.ts:4: ${habit}: `),
    ]);
    expect(status).toBe(1);
  });

  it('reports a hint that begins with "It takes", and no comment that does', () => {
    const source = "/** A store. It takes a client. */\nexport const hint = 'It takes a client.';\n";
    const { lines } = check({ 'packages/one/src/index.ts': source });
    expect(lines).toEqual([expect.stringContaining('packages/one/src/index.ts:2: It takes: '), '1 fault']);
  });

  it.each(['What', 'How', 'Where', 'Whether'])('reports a summary or heading that begins with "%s"', (word) => {
    const { lines } = check({
      'README.md': `# ${word} it is\n\n## Title\n\n${word} it is.\n`,
      'packages/one/src/index.ts': `/** ${word} it is. */\nexport const one = 1;\n/**\n * ${word} it is,\n * at length.\n */\nexport const two = 2;\n`,
    });
    expect(lines.map((line) => line.split(':').slice(0, 3).join(':'))).toEqual([
      'README.md:1: clause as summary',
      'README.md:5: clause as summary',
      'packages/one/src/index.ts:1: clause as summary',
      'packages/one/src/index.ts:3: clause as summary',
      '4 faults',
    ]);
  });

  it('ignores code, questions as headings, tests, and similar words', () => {
    const { lines, status } = check({
      'README.md': '# What is signed?\n\nThere is no cache. `stands anew`\n\n```ts\n// It stands anew beside\n```\n',
      'packages/one/src/index.ts':
        "// `somebody`; `t` stands for the time; it is no longer used.\nexport const one = 'anew';\n",
      'packages/one/test/one.test.ts': '// It stands here.\n',
    });
    expect(lines).toEqual(['2 files without a listed habit']);
    expect(status).toBe(0);
  });

  it('fails when there is nothing to read', () => {
    expect(check({}).status).toBe(1);
  });
});
