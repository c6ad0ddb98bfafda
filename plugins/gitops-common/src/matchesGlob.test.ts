import { matchesGlob } from './matchesGlob';

describe('matchesGlob', () => {
  it.each([
    ['*', '', true],
    ['orders', 'orders', true],
    ['orders', 'orders-eu', false],
    ['', '', true],
    ['', 'a', false],
    ['orders-*', 'orders-', true],
    ['*-prod', 'orders-eu-prod', true],
    ['*a*b', 'xaxbx', false],
    ['**', 'a/b', true],
    ['o?ders', 'orders', true],
    ['o?ders', 'oders', false],
    ['[a-c]x', 'bx', true],
    ['[a-c]x', 'dx', false],
    ['[!a-c]x', 'dx', true],
    ['[!ab]', 'a', false],
    ['[a-]', '-', true],
    ['[c-a]', 'b', false],
    ['[ab', 'a', false],
    ['[]', '', false],
    ['*-{prod,staging}', 'orders-staging', true],
    ['*-{prod,staging}', 'orders-dev', false],
    ['{a,{b,c*}d}-x', 'cccd-x', true],
    ['{a,{b,c*}d}-x', 'c-x', false],
    ['{,a}b', 'b', true],
    ['{a,b', 'a', false],
    ['a,b}', 'a,b}', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['\\**', '*anything', true],
    ['a\\', 'a\\', true],
    ['a.c', 'abc', false],
    ['é*ü', 'éxü', true],
  ])('%s matches %s: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });

  // Each of these would try for longer than anybody waits if it tried one way after the other.
  it.each([
    `${'*a'.repeat(60)}*b`,
    `${'{*a,*aa}'.repeat(40)}b`,
    `${'{a,a}'.repeat(50)}*b`,
    `${'*'.repeat(400)}b`,
  ])('gives up on %s as soon as any other', pattern => {
    expect(matchesGlob(pattern, 'a'.repeat(253))).toBe(false);
  });

  it('matches nothing with what is longer than any name', () => {
    expect(matchesGlob(`${'a'.repeat(600)}*`, 'a'.repeat(600))).toBe(false);
    expect(matchesGlob(`${'a'.repeat(250)}*`, 'a'.repeat(253))).toBe(true);
  });
});
