import { library } from '../../tsup.config.base';

export default library(['src/aws-lambda.ts', 'src/fetch.ts', 'src/node.ts', 'src/statuses.ts']);
