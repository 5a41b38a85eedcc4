/** Runs a bundle on workerd, through miniflare. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Miniflare } from 'miniflare';

const limitMilliseconds = 600_000;

/** The version of workerd that miniflare starts. */
export function findWorkerd() {
  const require = createRequire(createRequire(import.meta.url).resolve('miniflare'));
  return { version: require('workerd/package.json').version };
}

/** The reports of the files, the version that ran, and the problems of the worker as a whole. */
export async function runWorker({ program, bundle, path }) {
  let said = '';
  const worker = new Miniflare({
    modules: true,
    script: readFileSync(path, 'utf8'),
    compatibilityDate: '2026-07-01',
    compatibilityFlags: ['nodejs_compat'],
    bindings: { COUNTERSIGN_BACKEND: bundle.backend },
    host: '127.0.0.1',
    port: 0,
    handleRuntimeStdio(stdout, stderr) {
      stdout.resume();
      stderr.setEncoding('utf8').on('data', (text) => {
        said = (said + text).slice(-2000);
      });
    },
  });
  const files = [];
  const problems = [];
  try {
    const { origin } = await worker.ready;
    for (;;) {
      const signal = AbortSignal.timeout(limitMilliseconds);
      const response = await fetch(`${origin}/run?at=${files.length}`, { signal });
      if (!response.ok) {
        const text = await response.text();
        if (text !== 'Cloudflare-Workers') problems.push(`file ${files.length + 1}: ${response.status} ${text}`);
        break;
      }
      files.push(await response.json());
    }
  } catch (error) {
    problems.push(`the worker failed at file ${files.length + 1}: ${error.message}: ${said.trim()}`);
  }
  await worker.dispose();
  return { files, version: program.version, problems };
}
