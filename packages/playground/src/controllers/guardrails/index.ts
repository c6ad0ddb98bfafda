export { createBackupController } from './BackupController';
export { createConstraintController } from './ConstraintController';
export { createExternalSecretController } from './ExternalSecretController';
export { createPolicyReportController } from './PolicyReportController';
export {
  createClusterSecretStoreController,
  createSecretStoreController,
} from './SecretStoreController';
