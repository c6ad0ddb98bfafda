import { plainText } from '../../plainText';
import { demand, show } from './demand';

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What people read at a glance, and what a notification bears. */
const MAX_TEXT_LENGTH = 20_000;

/** What a database keeps an index of. */
const MAX_KEY_LENGTH = 1_500;

/** A time as all of Fairway writes it, or none. */
export function demandTime(time: string | undefined, what: string): void {
  demand(
    time === undefined || ISO_TIME.test(time),
    `${what} is ${show(time)}, which is no ISO time in UTC with milliseconds`,
  );
}

/** A sentence for people: not without end, and nothing in it that a terminal or a page obeys. */
export function demandText(text: string | undefined, what: string): void {
  if (text === undefined) {
    return;
  }
  demand(typeof text === 'string', `${what} is no text, but ${show(text)}`);
  demand(
    text.length <= MAX_TEXT_LENGTH,
    `${what} has ${text.length} characters, more than anybody reads`,
  );
  demand(
    plainText(text) === text,
    `${what} has control characters in it: ${show(text)}`,
  );
}

/** What tells one thing from another in the store. */
export function demandKey(key: string, what: string): void {
  demand(typeof key === 'string', `${what} is no text, but ${show(key)}`);
  demand(key !== '', `${what} is empty`);
  demand(
    key.length <= MAX_KEY_LENGTH,
    `${what} has ${key.length} characters, more than can be indexed`,
  );
  demand(
    plainText(key) === key,
    `${what} has control characters in it: ${show(key)}`,
  );
}

/** An address that a page may link to: as a browser writes it, so that it leads where it says. */
export function demandWebUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  demand(
    parsed && /^https?:$/.test(parsed.protocol),
    `it links to ${show(url)}, which is no web address`,
  );
  demand(
    parsed.username === '' && parsed.password === '',
    'it links to an address with credentials in it',
  );
  demand(
    parsed.href.replace(/\/$/, '') === url.replace(/\/$/, ''),
    `it links to ${show(url)}, which leads to ${show(
      parsed.href,
    )}; encode what comes from an object`,
  );
}
