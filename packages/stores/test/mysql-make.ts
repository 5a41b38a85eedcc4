/** A store in the MariaDB of the environment, for the processes that a contract starts. */

import { mysqlStore } from '@countersign/stores/mysql';
import { createPool } from 'mysql2/promise';

export default function make() {
  const client = createPool({ uri: process.env.COUNTERSIGN_TEST_MARIADB as string, connectionLimit: 25 });
  return { store: mysqlStore({ client }), close: () => client.end() };
}
