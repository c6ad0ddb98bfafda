/** What a change is about: `%` stands for a module of the service. */
export const features = [
  'accept % in batches',
  'show why a % was refused',
  'keep % history for a year',
  'limit % size per customer',
  'answer % requests from cache',
  'let support correct a %',
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

export const fixes = [
  'handle an empty %',
  'do not retry a refused %',
  'round % amounts half to even',
  'close the connection when % times out',
  'survive a % without an owner',
  'stop counting % twice',
  'read % dates in UTC',
  'keep umlauts in %',
  'release the lock when % fails',
  'return 404 for an unknown %',
  'wait for % before shutting down',
];

export const chores = [
  'rename % helpers',
  'split % into two functions',
  'add tests for %',
  'document %',
  'remove the old % path',
  'speed up % tests',
];

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
