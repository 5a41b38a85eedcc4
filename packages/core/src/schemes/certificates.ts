/** Senders whose deliveries name the certificate of their signing key. */

import { createCertificateSource } from '../keys/certificate-keys.ts';
import type { SchemeFeature } from './signed-text/template.ts';

/** For descriptions with a `certificate`. */
export const certificates: SchemeFeature = { certificateKeys: createCertificateSource };
