export {
  REGISTRATION_KINDS,
  type RegistrationKind,
  type RegistrationRef,
} from './findRegistered';
export {
  copyRegistration,
  type RegistrationCopy,
  type RegistrationCopyInput,
} from './copyRegistration';
export {
  prepareRemoval,
  type RemovalInput,
  type RemovalPreparation,
} from './prepareRemoval';
export {
  removeRegistration,
  type Removal,
  type RemovedObject,
} from './removeRegistration';
