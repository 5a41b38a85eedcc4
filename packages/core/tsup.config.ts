import { mergeChunks } from '../../scripts/merge-chunks';
import { library } from '../../tsup.config.base';

/** The backends hold their few helpers themselves: each file that is loaded takes a millisecond of a start. */
const backends = { dts: false, splitting: false, outDir: 'dist/crypto' } as const;

const entries = {
  index: 'src/index.ts',
  jwt: 'src/jwt.ts',
  diagnose: 'src/diagnose.ts',
  observe: 'src/observe.ts',
  describe: 'src/describe.ts',
  preset: 'src/preset.ts',
  'preset-public-key': 'src/preset-public-key.ts',
  'public-key': 'src/public-key.ts',
  'http-signature': 'src/http-signature.ts',
  jobs: 'src/jobs.ts',
};

export default [
  library(entries, {
    clean: ['**/*', '!crypto/**'],
    // Loading a receiver and a preset took 5.2 times as long as `node:crypto` from 22 files, and takes 3.1 times (2026-11-27).
    onSuccess: () => mergeChunks('dist', Object.keys(entries), 'index'),
  }),
  library(
    {
      node: 'src/crypto/node.ts',
      web: 'src/crypto/web.ts',
      'node-public-key': 'src/crypto/node-public-key.ts',
      'web-public-key': 'src/crypto/web-public-key.ts',
    },
    backends,
  ),
];
