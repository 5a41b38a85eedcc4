import { library } from '../../tsup.config.base';

export default library(['src/adapter-app.ts', 'src/index.ts', 'src/signing.ts']);
