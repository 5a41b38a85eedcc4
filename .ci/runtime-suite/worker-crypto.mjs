/** node:crypto for the tests on workerd: its `sign` only accepts a key with options as PEM. The sources use Web Crypto. */
import * as nodeCrypto from 'node:crypto';

export * from 'node:crypto';

export function sign(algorithm, data, key) {
  const isKeyWithOptions = key?.key instanceof nodeCrypto.KeyObject;
  const pem = isKeyWithOptions && key.key.export({ type: 'pkcs8', format: 'pem' });
  return nodeCrypto.sign(algorithm, data, isKeyWithOptions ? { ...key, key: pem, format: 'pem' } : key);
}
