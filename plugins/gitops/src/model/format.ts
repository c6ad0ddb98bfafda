const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The age of what is younger than a minute. */
export const JUST_NOW = 'now';

/** Shortens in the middle, so that both ends of a version stay readable. */
export function shortenMiddle(text: string, maxLength = 22): string {
  if (text.length <= maxLength) {
    return text;
  }
  const tail = Math.floor((maxLength - 1) / 2);
  const head = maxLength - 1 - tail;
  return `${text.slice(0, head)}…${text.slice(-tail)}`;
}

/** A Git commit shortened to seven digits; anything else in the middle. */
export function shortenRevision(revision: string): string {
  const commit = /(?:^|[:@])([0-9a-f]{40})$/i.exec(revision);
  return commit ? commit[1].slice(0, 7) : shortenMiddle(revision);
}

/** An amount of time with one unit, at most three digits: "40 s", "12 min", "3.2 h", "6 d". */
export function formatSeconds(seconds: number): string {
  const amount = (value: number, unit: string) =>
    `${
      value < 10 && !Number.isInteger(value)
        ? Number(value.toFixed(1))
        : Math.round(value)
    } ${unit}`;
  const positive = Math.max(0, seconds);
  if (positive < MINUTE) {
    return amount(Math.round(positive), 's');
  }
  if (positive < HOUR) {
    return amount(Math.round(positive / MINUTE), 'min');
  }
  if (positive < DAY) {
    return amount(positive / HOUR, 'h');
  }
  return amount(positive / DAY, 'd');
}

/** A duration as Go writes it without what is zero: "1h0m0s" is "1 h". */
export function formatGoDuration(duration: string): string {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)]
    .filter(([, count]) => Number(count) > 0)
    .map(([, count, unit]) => `${count} ${unit === 'm' ? 'min' : unit}`);
  return parts.join(' ') || duration;
}

/** The age of a moment with one unit and no fraction: "now", "12 min", "3 h", "6 d". */
export function formatAge(iso: string, now: number): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (!Number.isFinite(seconds)) {
    return iso;
  }
  if (seconds < MINUTE) {
    return JUST_NOW;
  }
  if (seconds < HOUR) {
    return `${Math.floor(seconds / MINUTE)} min`;
  }
  if (seconds < 2 * DAY) {
    return `${Math.floor(seconds / HOUR)} h`;
  }
  return `${Math.floor(seconds / DAY)} d`;
}

/** A moment as people of this browser write it, exact to the second. */
export function formatExact(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : date.toLocaleString(undefined, {
        dateStyle: 'medium',
        timeStyle: 'medium',
      });
}

/** The time of day, with the date when it is not today. */
export function formatClock(iso: string, now: number): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return iso;
  }
  const sameDay = new Date(now).toDateString() === date.toDateString();
  return date.toLocaleString(undefined, {
    ...(sameDay ? {} : { day: 'numeric', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
  });
}

/** The first sentence of an engine's text, cut at a word when it is long. */
export function firstSentence(text: string, maxLength = 160): string {
  const line = text.trim().split(/\r?\n/)[0].trim();
  const end = line.search(/[.;](\s|$)/);
  const sentence = end > 20 ? line.slice(0, end) : line;
  if (sentence.length <= maxLength) {
    return sentence;
  }
  const cut = sentence.slice(0, maxLength);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), maxLength / 2))}…`;
}
