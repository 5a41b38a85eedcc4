import { library } from '../../tsup.config.base';

export default library(['src/node.ts', 'src/statuses.ts']);
