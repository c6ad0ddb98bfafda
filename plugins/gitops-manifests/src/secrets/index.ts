export { referenceSecret, type ReferencedSecret } from './referenceSecret';
export { redactSecret } from './redactSecret';
export type { RemoteReference } from './externalSecretObjects';
export type { RemovedSecret } from './removePlainSecrets';
export type { SecretReferenceInput } from './secretReference';
