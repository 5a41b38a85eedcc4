import { library } from '../../tsup.config.base';

export default library({
  'adapter-app': 'src/adapter/adapter-app.ts',
  index: 'src/index.ts',
  signing: 'src/signing.ts',
});
