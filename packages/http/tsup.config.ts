import { library } from '../../tsup.config.base';

export default library({
  'aws-lambda': 'src/aws-lambda/aws-lambda.ts',
  facts: 'src/facts.ts',
  fetch: 'src/fetch/fetch.ts',
  node: 'src/node/node.ts',
  statuses: 'src/pipeline/statuses.ts',
});
