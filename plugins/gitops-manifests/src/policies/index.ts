export { addPolicy, type AddedPolicies } from './addPolicy';
export {
  checkBaseline,
  type CheckBaselineOptions,
  type PolicyViolation,
} from './checkBaseline';
export {
  BASELINE_POLICIES,
  POLICY_ENGINES,
  POLICY_NAMES,
  type PolicyEngine,
  type PolicyInput,
  type PolicyName,
  type ValidatingName,
} from './policyInput';
