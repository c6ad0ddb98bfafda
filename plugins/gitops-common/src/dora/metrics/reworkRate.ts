import { counted, share, type MetricDefinition } from './MetricDefinition';

/** Share of deployments that were made to repair production: rollbacks, reverts, hotfixes. */
export const reworkRate: MetricDefinition = {
  id: 'rework-rate',
  unit: 'ratio',
  minimum: 2,
  formula: 'rollbacks, reverts and hotfixes / deployments',
  measure: slice => ({
    samples: slice.counted.map(({ deployment, at }) => {
      let contribution = 'planned';
      if (deployment.rework) {
        contribution =
          deployment.kind === 'rollback'
            ? 'rework: rollback or revert'
            : 'rework: hotfix';
      }
      return {
        deploymentId: deployment.id,
        at,
        value: deployment.rework ? 1 : 0,
        contribution: () => contribution,
      };
    }),
    excluded: [],
  }),
  ...share('rework'),
  describeCount: count => counted(count, 'deployment'),
};
