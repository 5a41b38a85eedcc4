import { library } from '../../tsup.config.base';

export default library({
  index: 'src/index.ts',
  jwt: 'src/jwt.ts',
  diagnose: 'src/diagnose.ts',
  preset: 'src/preset.ts',
  'preset-public-key': 'src/preset-public-key.ts',
  'public-key': 'src/public-key.ts',
  'http-signature': 'src/http-signature.ts',
  'crypto/node': 'src/crypto/node.ts',
  'crypto/web': 'src/crypto/web.ts',
  'crypto/node-public-key': 'src/crypto/node-public-key.ts',
  'crypto/web-public-key': 'src/crypto/web-public-key.ts',
});
