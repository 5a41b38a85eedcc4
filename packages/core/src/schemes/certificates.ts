/** Senders whose deliveries name the certificate of the key that signed them. */

import { createCertificateSource } from '../keys/certificate-keys.ts';
import type { SchemeFeature } from './signed-text/template.ts';

/** For descriptions with a `certificate`. */
export const certificates: SchemeFeature = { certificateKeys: createCertificateSource };
