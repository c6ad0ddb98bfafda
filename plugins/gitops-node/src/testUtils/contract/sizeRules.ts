import { commandRun, CONTEXT, progressOf } from './contractContext';
import { demand } from './demand';
import { demandProgress } from './demandPatches';
import { demandWellFormed } from './demandWellFormed';
import { countReads, HUGE, listsOf, withLongList } from './hugeObjects';
import { forEachObject, type ObserverRule } from './ObserverRule';
import { timesOf } from './progressRules';

/** What an observer may say of one object, however large: a row of a database, and a message. */
const MAX_OUTPUT_CHARACTERS = 1_048_576;

/** Twice as many entries may be read twice as often; this much more is no longer in proportion. */
const PROPORTION = 2.5;

/** Fields of an object that have nothing to do with how many entries it has. */
const SOME_READS = 2_000;

/** An object of a cluster can have as many entries as fit into a megabyte or two. */
export const sizeRules: readonly ObserverRule[] = [
  {
    rule: `tells a bounded part of an object with ${HUGE} entries, and reads each of them a bounded number of times`,
    check(contract) {
      const seen = new Set<string>();
      forEachObject(contract, object => {
        for (const path of listsOf(object)) {
          // Another object of the kind is no other case.
          const list = `${object.apiVersion} ${object.kind} ${path.replace(
            /\.\d+/g,
            '.*',
          )}`;
          if (!seen.has(list)) {
            seen.add(list);
            const huge = withLongList(object, path, HUGE);
            const observations = contract.observer.observe(huge, CONTEXT);
            demandWellFormed(observations, huge);
            const progress = timesOf(object).map(requestedAt => {
              const run = commandRun('sync', { requestedAt });
              const told = progressOf(contract.observer, huge, run);
              demandProgress(told, run);
              return told;
            });
            const { length } = JSON.stringify([observations, progress]);
            demand(
              length <= MAX_OUTPUT_CHARACTERS,
              `with ${HUGE} entries at ${path} it says ${length} characters of it`,
            );
            const half = withLongList(object, path, HUGE / 2);
            const [few, many] = [half, huge].map(one => {
              const counted = countReads(one);
              contract.observer.observe(counted.object, CONTEXT);
              return counted.reads();
            });
            demand(
              many <= few * PROPORTION + SOME_READS,
              `for ${HUGE} entries at ${path} it reads ${many} fields, and for half of them ${few}: it looks at all for each`,
            );
          }
        }
      });
    },
  },
];
