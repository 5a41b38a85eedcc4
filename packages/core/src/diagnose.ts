/**
 * `@countersign/core/diagnose`: finds out why a genuine delivery does not verify. For people, never while a sender waits for a response.
 */

export { type Cause, type CauseCode, type CauseRow, type Certainty, causeTable } from './diagnose/causes.ts';
export { type DiagnoseForOptions, diagnoseFor } from './diagnose/diagnose-for.ts';
export { type DiagnoseOptions, type Diagnosis, diagnose } from './diagnose/diagnosis.ts';
export type { FrameworkFixes, FrameworkInUse } from './diagnose/framework-fixes.ts';
export type { PieceKind, SignedPiece, SignedText } from './diagnose/signed-piece.ts';
export { signedTextsOf } from './diagnose/signed-text.ts';
