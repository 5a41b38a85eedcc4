import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportNameOf } from '../presets.ts';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const providers = join(repository, 'packages/providers');
const compiler = join(repository, 'node_modules/typescript-7/bin/tsc');
const ids = readdirSync(join(providers, 'src/typed'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((id) => id !== 'typed-events');

/** An app with the built packages, as npm would install them, and with the sender packages that a test links. */
let app = '';

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), 'countersign-typed-'));
  for (const name of ['core', 'providers']) {
    const to = join(app, 'node_modules/@countersign', name);
    mkdirSync(to, { recursive: true });
    cpSync(join(repository, 'packages', name, 'dist'), join(to, 'dist'), { recursive: true });
    cpSync(join(repository, 'packages', name, 'package.json'), join(to, 'package.json'));
  }
  // Presets with tokens load it.
  symlinkSync(join(repository, 'packages/core/node_modules/jose'), join(app, 'node_modules/jose'));
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(app, 'all.mjs'),
    program((id) => `await import('@countersign/providers/${id}')`),
  );
  writeFileSync(
    join(app, 'all.cjs'),
    program((id) => `require('@countersign/providers/${id}')`),
  );
});

afterAll(() => rmSync(app, { recursive: true, force: true }));

/** Prints the ids whose typed entry has another preset than the plain one. */
function program(load: (id: string) => string): string {
  const lines = ids.map((id) => {
    const name = exportNameOf(id);
    return `if ((${load(id)}).${name} === undefined || (${load(id)}).${name} !== (${load(`${id}/typed`)}).${name}) others.push('${id}');`;
  });
  return `const others = [];\n${lines.join('\n')}\nconsole.log(JSON.stringify(others));\n`;
}

describe('the typed entries of the built package', () => {
  it.each(['all.mjs', 'all.cjs'])('are the plain presets in Node: %s', (file) => {
    expect(JSON.parse(execFileSync(process.execPath, [join(app, file)], { encoding: 'utf8' }))).toEqual([]);
  });

  it.each(ids)('give a bundle the same bytes: %s', async (id) => {
    const plain = await bundle(
      `import { ${exportNameOf(id)} as it } from '@countersign/providers/${id}'; console.log(it);`,
    );
    const typed = await bundle(
      `import { ${exportNameOf(id)} as it } from '@countersign/providers/${id}/typed'; console.log(it);`,
    );
    expect(plain.length).toBeGreaterThan(1000);
    expect(typed).toBe(plain);
  });

  it('would not give it the same bytes if they were modules of their own', async () => {
    writeFileSync(
      join(app, 'own.mjs'),
      "import { stripe as preset } from '@countersign/providers/stripe';\nexport const stripe = preset;\n",
    );
    const plain = await bundle("import { stripe as it } from '@countersign/providers/stripe'; console.log(it);");
    const own = await bundle("import { stripe as it } from './own.mjs'; console.log(it);");
    expect(own).not.toBe(plain);
  });

  it('are reached by their public name only', () => {
    const { stderr, status } = spawnSync(process.execPath, ['-e', "require('@countersign/providers/typed/stripe')"], {
      cwd: app,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  const use = `import type { EventOf } from '@countersign/core';
import { stripe } from '@countersign/providers/stripe/typed';
export function read(event: EventOf<typeof stripe>): number | undefined {
  return event.type === 'invoice.paid' ? event.payload.data.object.amount_paid : undefined;
}
`;
  const plainUse =
    "import { stripe } from '@countersign/providers/stripe';\nexport const name: string = stripe.name;\n";

  describe.each([
    ['NodeNext', 'an ES module', 'app.mts'],
    ['NodeNext', 'a CommonJS module', 'app.cts'],
    ['Bundler', 'a bundled app', 'app.ts'],
  ])('in TypeScript with %s, as %s', (resolution, _, file) => {
    const check = (text: string) => {
      const folder = join(app, `${resolution}-${file}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, file), text);
      const module = resolution === 'Bundler' ? 'ESNext' : 'NodeNext';
      const compilerOptions = {
        module,
        moduleResolution: resolution,
        target: 'ES2022',
        lib: ['ES2023', 'DOM'],
        strict: true,
        noEmit: true,
        types: [],
        skipLibCheck: false,
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
      const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
        cwd: app,
        encoding: 'utf8',
      });
      return status === 0 ? 'no errors' : stdout;
    };
    const link = join('node_modules', 'stripe');

    it('compile with the sender’s package, and know its fields', () => {
      symlinkSync(join(providers, link), join(app, link));
      try {
        expect(check(use)).toBe('no errors');
        expect(check(use.replace('amount_paid', 'amount_payed'))).toContain("'amount_payed' does not exist");
      } finally {
        rmSync(join(app, link));
      }
    });

    // A program with the declarations of 25 packages.
    const isForEachChange = file === 'app.mts' || process.env.COUNTERSIGN_NIGHTLY === '1';
    it.runIf(isForEachChange)('compile with all packages', () => {
      const names = Object.keys(readManifest().peerDependencies);
      for (const name of names) {
        mkdirSync(dirname(join(app, 'node_modules', name)), { recursive: true });
        symlinkSync(join(providers, 'node_modules', name), join(app, 'node_modules', name));
      }
      try {
        const lines = ids.map((id) => `export { ${exportNameOf(id)} } from '@countersign/providers/${id}/typed';`);
        expect(oursIn(check(lines.join('\n')))).toEqual([]);
      } finally {
        for (const name of names) rmSync(join(app, 'node_modules', name));
      }
    });

    it('do not disturb an app that has no such package and imports no typed entry', () => {
      expect(check(plainUse)).toBe('no errors');
      expect(oursIn(check(use)).join()).toMatch(/dist\/typed\/stripe\.d\.c?ts.*Cannot find module 'stripe'/);
    });
  });

  it('name each package among the optional peers, and test the newest that was read', () => {
    const manifest = readManifest();
    const imported = new Set(
      ids.flatMap((id) =>
        [
          ...readFileSync(join(providers, `src/typed/${id}.ts`), 'utf8').matchAll(/ from '((?:@[^/']+\/)?[^/'.]+)/g),
        ].map(([, name]) => name as string),
      ),
    );
    imported.delete('@countersign/core');
    // Examples in comments.
    imported.delete('@countersign/providers');
    expect(Object.keys(manifest.peerDependencies).sort()).toEqual([...imported].sort());
    for (const name of imported) {
      expect(manifest.peerDependenciesMeta[name], name).toEqual({ optional: true });
      expect(manifest.devDependencies[name], name).toMatch(/^\d+\.\d+\.\d+$/);
      // npm refuses to install into an app with a version outside of a range, even if the peer is optional.
      expect(manifest.peerDependencies[name], name).toBe('*');
    }
  });
});

/** The compiler's errors in the app and in our declarations; what the senders' declarations lack is theirs. */
function oursIn(output: string): readonly string[] {
  const errors = output.split('\n').filter((line) => line.includes('error TS'));
  return errors.filter((line) => !/^(?:\.\.\/|node_modules\/(?!@countersign\/))/.test(line));
}

function readManifest() {
  return JSON.parse(readFileSync(join(providers, 'package.json'), 'utf8'));
}

async function bundle(text: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: app, loader: 'js' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
