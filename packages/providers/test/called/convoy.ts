import { convoy } from '../../src/convoy.ts';

export default convoy({ mode: 'advanced', hash: 'SHA-512', encoding: 'base64' });
