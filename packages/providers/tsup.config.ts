import { library } from '../../tsup.config.base';

export default library(['src/*.ts', 'src/tools/*.ts']);
