import type { Random } from './Random';

// What a change is about: `%` stands for a module of the service.
const features = [
  'accept % in batches',
  'show why % was refused',
  'keep % history for a year',
  'limit % size per customer',
  'answer % requests from cache',
  'let support correct the %',
  'filter % by date',
  'count % per country',
  'page through % lists',
  'send an event when % changes',
  'sort % by relevance',
  'log the reason of a failed %',
  'support % in euro and pound',
  'add a dry run for %',
  'check % against the new rules',
];

const fixes = [
  'handle an empty %',
  'do not retry a refused %',
  'round % amounts half to even',
  'close the connection when % times out',
  'survive % without an owner',
  'stop counting % twice',
  'read % dates in UTC',
  'keep umlauts in %',
  'release the lock when % fails',
  'return 404 for an unknown %',
  'wait for % before shutting down',
];

const chores = [
  'rename % helpers',
  'split % into two functions',
  'add tests for %',
  'document %',
  'remove the old % path',
  'speed up % tests',
];

/** What a hotfix is about. */
export const hotfixes = [
  'stop % from blocking start-up',
  'raise the % timeout',
  'fall back when % is down',
  'undo the new % default',
  'guard % against missing fields',
];

/** Changes of configuration alone: the variable or the replicas, and why. */
export const settings = [
  { name: 'LOG_LEVEL', values: ['info', 'warn'] },
  { name: 'CACHE_SECONDS', values: ['30', '60', '120', '300'] },
  { name: 'MAX_CONNECTIONS', values: ['20', '40', '80'] },
];

/** The share of each kind of change, summed up. */
const KINDS: Array<[below: number, type: string, list: string[]]> = [
  [0.5, 'feat', features],
  [0.82, 'fix', fixes],
  [1, 'chore', chores],
];

/** Draws the subjects of a service's commits; the same change is not made twice. */
export class Subjects {
  readonly #random: Random;
  readonly #used = new Set<string>();

  constructor(random: Random) {
    this.#random = random;
  }

  next(module: string): string {
    let subject = this.#draw(module);
    for (let tries = 0; this.#used.has(subject) && tries < 100; tries += 1) {
      subject = this.#draw(module);
    }
    const part = this.#used.has(subject) ? `, part ${this.#used.size}` : '';
    this.#used.add(`${subject}${part}`);
    return `${subject}${part}`;
  }

  #draw(module: string): string {
    const random = this.#random;
    const kind = random.next();
    const [, type, list] = KINDS.find(([below]) => kind < below) ?? KINDS[0];
    return `${type}: ${random.pick(list).replace('%', module)}`;
  }
}
