import type {
  ApplicationObservation,
  CommandPatch,
  GitopsObserver,
} from '../index';
import { DeliveryObserver } from './DeliveryObserver';

/** What is wrong with an observer, words of the rule that it breaks, and what the kit says of it. */
export type Fault = [string, GitopsObserver, RegExp, RegExp];

export const good = new DeliveryObserver();

/** The good observer with one fault. */
export function faulty(fault: Partial<GitopsObserver>): GitopsObserver {
  return {
    id: 'faulty',
    resources: good.resources,
    observe: (...args) => good.observe(...args),
    commands: (...args) => good.commands(...args),
    progress: (object, run) => good.progress(object, run),
    ...fault,
  };
}

type Change = (
  application: ApplicationObservation,
  object: any,
) => Partial<ApplicationObservation>;

/** The good observer that says something else of an application. */
export function saying(change: Change): GitopsObserver {
  return faulty({
    observe: (object, context) =>
      good
        .observe(object, context)
        .map(said => ({ ...said, ...change(said as any, object) } as any)),
  });
}

/** The good observer that writes something else. */
export function writing(
  change: (patch: CommandPatch, application: any) => Partial<CommandPatch>,
): GitopsObserver {
  return faulty({
    commands: (application, context) =>
      good
        .commands(application, context)
        .map(patch => ({ ...patch, ...change(patch, application) })),
  });
}
