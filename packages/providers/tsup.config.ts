import { library } from '../../tsup.config.base';

export default library(['src/*.ts', 'src/events/*.ts', 'src/tools/*.ts']);
