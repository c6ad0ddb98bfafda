import { isObjectName, ObjectFields, readWebUrl } from './index';

it('reads what nobody validated: plain, short, and absent when it is something else', () => {
  const fields = ObjectFields.of({
    name: 'orders\u0000\u202E',
    empty: '',
    long: 'x'.repeat(1_025),
    number: 7,
    message: `\u001b[31mno route to https://robot:hunter2@git.example.com/x\r\n\tat y ${'z'.repeat(
      5_000,
    )}`,
    revisions: ['1', '', 7, 'x'.repeat(1_025), '2\u0007'],
    errors: ['bad cron', 7, '', 'https://a:b@c.example.com/'],
    labels: { team: 'pay\u0000ments', count: 7 },
  });
  expect(fields.string('name')).toBe('orders');
  for (const name of ['empty', 'long', 'number', 'nothing', 'constructor']) {
    expect(fields.string(name)).toBeUndefined();
  }
  expect(fields.message('message')).toMatch(
    /^\[31mno route to https:\/\/git\.example\.com\/x\n\tat y z{3,}…$/,
  );
  expect(fields.message('message')!.length).toBeLessThan(4_010);
  // Their places have a meaning, so that an empty one is one.
  expect(fields.strings('revisions')).toEqual(['1', '', '2']);
  expect(fields.messages('errors')).toEqual([
    'bad cron',
    'https://c.example.com/',
  ]);
  expect(fields.record('labels')).toEqual({ team: 'payments' });
});

it.each([
  ['https://orders.example.com', 'https://orders.example.com'],
  ['https://Orders.example.com/', 'https://orders.example.com/'],
  ['http://a:b@orders.example.com/x', 'http://orders.example.com/x'],
  ['https://a.example.com/x/../y <z>', 'https://a.example.com/y%20%3Cz%3E'],
  // eslint-disable-next-line no-script-url -- what must not become a link
  ['javascript:alert(1)//', undefined],
  ['orders.example.com', undefined],
])('links for %s to %s', (text, url) => {
  expect(readWebUrl(text)).toBe(url);
});

it.each([
  ['orders', true],
  ['system:controller:x', true],
  ['x'.repeat(253), true],
  ['x'.repeat(254), false],
  ['..', false],
  ['a/b', false],
  ['a%2fb', false],
  ['<b>', false],
  ['a\nb', false],
  ['', false],
])('takes %s for the name of an object: %s', (name, possible) => {
  expect(isObjectName(name)).toBe(possible);
});
