/** The tests that cannot run on a runtime, each with the reason. An entry that matches no test is an error. */

const core = 'packages/core/test';
const providers = 'packages/providers/test';

const openssl = 'creates certificates with openssl, and workerd cannot start programs';
const pssKeys = 'generates a key marked for RSA-PSS, which node:crypto of the runtime cannot do';
const pssSignatures = 'signs with RSA-PSS, and node:crypto of workerd signs with PKCS #1 v1.5 instead';
const keyObjects =
  'signs with a KeyObject through a package that mistakes it for a form that node:crypto of workerd lacks';

/** `test` is the beginning of the tests' names; without it, the entry covers every test of the file. */
export const skips = [
  {
    runtimes: ['bun', 'workerd'],
    file: `${core}/battery-keys.portable.test.ts`,
    test: 'keys of public-key schemes > accepts RSA keys marked for PSS',
    reason: pssKeys,
  },
  ...onWorkerd(openssl, `${core}/certificate-keys.portable.test.ts`),
  ...onWorkerd(openssl, `${core}/battery-keys.portable.test.ts`, [
    'keys of public-key schemes > reads the key from a certificate that openssl made',
  ]),
  ...onWorkerd(openssl, `${core}/detached-jws.portable.test.ts`, ['chains of certificates that a token brings']),
  ...onWorkerd(openssl, `${providers}/preset-rules.portable.test.ts`, ['Amazon SNS, skipped for want of openssl']),
  ...onWorkerd(pssSignatures, `${core}/http-signature.portable.test.ts`, [
    'signatures that others made > accepts rsa-pss-sha512',
    'algorithms and keys > compares rsa-pss-sha512',
    'algorithms and keys > refuses a signature by one RSA scheme under the other',
  ]),
  ...onWorkerd(keyObjects, `${core}/http-signature.portable.test.ts`, [
    'signatures that others made > accepts ecdsa-p256-sha256',
    'signatures that others made > accepts ecdsa-p384-sha384',
    'signatures that others made > accepts rsa-v1_5-sha256',
  ]),
  ...onWorkerd(keyObjects, `${core}/battery-jwt.portable.test.ts`, ['tokens > accepts tokens made by jose']),
  ...onWorkerd(keyObjects, `${core}/detached-jws.portable.test.ts`, [
    'detached signatures that others made > accepts RS256 by jose',
    'detached signatures that others made > accepts RS512 by jose',
    'detached signatures that others made > accepts ES512 by jose',
    'detached signatures that others made > accepts EdDSA by jose',
  ]),
];

function onWorkerd(reason, file, tests = [undefined]) {
  return tests.map((test) => ({ runtimes: ['workerd'], file, test, reason }));
}

/** The number of the entry that covers a test, or undefined. */
export function findSkip(runtime, file, name) {
  const at = skips.findIndex(
    (skip) =>
      skip.runtimes.includes(runtime) && file === skip.file && (skip.test === undefined || name.startsWith(skip.test)),
  );
  return at < 0 ? undefined : at;
}
