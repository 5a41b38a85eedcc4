import { library } from '../../tsup.config.base';

export default library({
  index: 'src/index.ts',
  jwt: 'src/jwt.ts',
  'crypto/node': 'src/crypto/node.ts',
  'crypto/web': 'src/crypto/web.ts',
});
