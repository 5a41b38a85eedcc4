import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const sources = new URL('../../src/samples/', import.meta.url);
const folder = new URL('../../.cache/samples/', import.meta.url);
const ids = readdirSync(sources).map((file) => file.slice(0, -'.ts'.length));

/** A sample as a module of its own. The compiler looks for unknown fields only in a value that is written out in full. */
async function moduleOf(id: string, change: (samples: object) => object = (samples) => samples): Promise<string> {
  const text = readFileSync(new URL(`${id}.ts`, sources), 'utf8');
  const [, type = ''] = /^\} satisfies (.+);$/m.exec(text) ?? [];
  const imports = [...text.matchAll(/^import type \{[^}]*\} from '\.[^']*';$/gm)].map(([line]) =>
    line.replace("'../", "'../../src/"),
  );
  const { samples } = await import(`../../src/samples/${id}.ts`);
  const written = JSON.stringify(change(samples), (_, value) => (value === undefined ? 'is undefined' : value));
  return `${imports.join('\n')}\nexport const it = (${written.replaceAll('"is undefined"', 'undefined')}) satisfies ${type};\n`;
}

/** The compiler's errors, by the name of the file. */
function errorsIn(): readonly string[] {
  const compiler = `${repository}node_modules/typescript-7/bin/tsc`;
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', fileURLToPath(folder), '--pretty', 'false'], {
    cwd: fileURLToPath(folder),
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((line) => line.includes('error TS'));
}

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  for (const id of ids) writeFileSync(new URL(`${id}.ts`, folder), await moduleOf(id));
  const added = (samples: object) => {
    const copy = structuredClone(samples) as { 'invoice.paid': { data: { object: object } } };
    Object.assign(copy['invoice.paid'].data.object, { notAField: 1 });
    return copy;
  };
  writeFileSync(new URL('control.ts', folder), await moduleOf('stripe', added));
  const config = { extends: `${repository}tsconfig.base.json`, compilerOptions: { noEmit: true }, include: ['*.ts'] };
  writeFileSync(new URL('tsconfig.json', folder), JSON.stringify(config));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('samples that are written out in full', () => {
  it('have no field that the payloads of the sender’s package lack; one more would be an error', {
    timeout: 240_000,
  }, () => {
    expect(ids).toHaveLength(37);
    const [control, ...others] = errorsIn().toSorted((left) => (left.startsWith('control.ts') ? -1 : 1));
    expect(others).toEqual([]);
    expect(control).toMatch(/^control\.ts.*'"?notAField"?' does not exist/);
  });
});
