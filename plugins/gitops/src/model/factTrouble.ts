import type { Engine, Fact } from '@fairway/plugin-gitops-common';
import { FactFields } from './FactFields';
import { firstSentence } from './format';
import { isMaker } from './makers';
import type { Trouble } from './trouble';

/** Conditions by which Argo CD and the Flux Operator say that something failed. */
const FAILED = new Map([
  ['ErrorOccurred', 'True'],
  ['ParametersGenerated', 'False'],
  ['Ready', 'False'],
]);

/** What is wrong with the object that a fact of a generator or project is about. */
export function troubleOfFact(
  fact: Fact,
): { fact: Fact; engine: Engine; trouble: Trouble } | undefined {
  if (!isMaker(fact) || fact.health !== 'degraded') {
    return undefined;
  }
  const { message = '' } = fact;
  const fields = FactFields.of(fact.details);
  const said = fields.list('conditions').flatMap(condition => {
    const type = condition.string('type') ?? '';
    return FAILED.has(type) && FAILED.get(type) === condition.string('status')
      ? [condition]
      : [];
  });
  return {
    fact,
    engine: fields.oneOf('engine', ['argocd', 'flux']) ?? 'argocd',
    trouble: {
      kind: 'health',
      health: fact.health,
      sentence: message ? firstSentence(message) : undefined,
      // What people are told has the engine's own words in it, mostly.
      details: [
        message,
        ...said
          .flatMap(condition => condition.string('message') ?? [])
          .filter(text => !message.includes(text)),
      ].filter(Boolean),
      since: said.flatMap(condition => condition.string('since') ?? [])[0],
    },
  };
}
