export {
  adoptObjects,
  type Adoption,
  type AdoptionInput,
} from './adoptObjects';
export type { LeftOut } from './readExisting';
export {
  adoptionDifferences,
  type AdoptionDifference,
} from './adoptionDifferences';
export type { PatchOperation } from './differenceOperations';
export {
  registerExisting,
  type ExistingRegistrationInput,
} from './registerExisting';
export { describeAdoption } from './describeAdoption';
