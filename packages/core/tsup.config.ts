import { library } from '../../tsup.config.base';

/** The backends hold their few helpers themselves: each file that is loaded takes a millisecond of a start. */
const backends = { dts: false, splitting: false, outDir: 'dist/crypto' } as const;

export default [
  library(
    {
      index: 'src/index.ts',
      jwt: 'src/jwt.ts',
      diagnose: 'src/diagnose.ts',
      describe: 'src/describe.ts',
      preset: 'src/preset.ts',
      'preset-public-key': 'src/preset-public-key.ts',
      'public-key': 'src/public-key.ts',
      'http-signature': 'src/http-signature.ts',
    },
    { clean: ['**/*', '!crypto/**'] },
  ),
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
