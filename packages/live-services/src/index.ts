/** Private instances of real servers on free ports, for tests and measurements that kill them. */

export { findMissing, type ServiceName } from './binaries.ts';
export { browserArguments, findBrowser } from './browser.ts';
export { startMariadb } from './mariadb.ts';
export { startNats } from './nats.ts';
export { startPgbouncer } from './pgbouncer.ts';
export { startPostgres } from './postgres.ts';
export { startRabbitmq } from './rabbitmq.ts';
export { startRedis } from './redis.ts';
export type { LiveServer } from './server-process.ts';
export { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
