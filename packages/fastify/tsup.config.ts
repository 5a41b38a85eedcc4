import { library } from '../../tsup.config.base';

export default library(['src/index.ts', 'src/facts.ts']);
