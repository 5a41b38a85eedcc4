import { library } from '../../tsup.config.base';

export default library([
  'src/redis.ts',
  'src/postgres.ts',
  'src/mysql.ts',
  'src/sqlite.ts',
  'src/upstash.ts',
  'src/d1.ts',
  'src/durable-object.ts',
  'src/dynamodb.ts',
  'src/deno-kv.ts',
  'src/knex.ts',
  'src/typeorm.ts',
]);
