export {
  RESTORE_SCOPES,
  restoreOverlay,
  type Restoration,
  type RestoreInput,
  type RestoreScope,
} from './restoreOverlay';
