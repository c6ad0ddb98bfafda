export {
  setSyncPolicy,
  type SyncPolicyChange,
  type SyncPolicyInput,
} from './setSyncPolicy';
export { nextMigrationStep, type MigrationStep } from './nextPhase';
export { migrationBlockers, type MigrationBlocker } from './migrationBlockers';
export { describeBlockers } from './describeBlockers';
