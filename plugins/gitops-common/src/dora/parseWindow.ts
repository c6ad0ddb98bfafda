import { InputError } from '@backstage/errors';
import { DateTime } from 'luxon';
import type { DoraReport, DoraWindow } from './types';

/** A span of time in milliseconds since the epoch, half open. */
export interface Span {
  from: number;
  to: number;
}

/** A span with its length in calendar days: a day with 23 or 25 hours is one day. */
export interface IntervalSpan extends Span {
  days: number;
}

/** A {@link DoraWindow} in luxon's terms. */
export interface ParsedWindow extends IntervalSpan {
  start: DateTime;
  end: DateTime;
}

/**
 * Reads a window.
 *
 * @throws InputError for a time or a zone that does not exist, and for an empty window.
 */
export function parseWindow(window: DoraWindow): ParsedWindow {
  const start = DateTime.fromISO(window.from, { zone: window.timeZone });
  const end = DateTime.fromISO(window.to, { zone: window.timeZone });
  if (!start.isValid || !end.isValid) {
    const invalid = start.isValid ? end : start;
    throw new InputError(
      `The window ${window.from} to ${window.to} in ${window.timeZone} cannot be read: ${invalid.invalidExplanation}. Give ISO times and an IANA time zone, for example Europe/Berlin`,
    );
  }
  if (start >= end) {
    throw new InputError(
      `The window ${window.from} to ${window.to} is empty: give an end after its start`,
    );
  }
  return {
    start,
    end,
    from: start.toMillis(),
    to: end.toMillis(),
    days: end.diff(start, 'days').days,
  };
}

/**
 * The window of equal length that ends where this one begins. Equal means the same number of
 * calendar days in its zone, so that a change of the clocks does not move its start.
 *
 * @public
 */
export function previousWindow(window: DoraWindow): DoraWindow {
  const { start, end } = parseWindow(window);
  const { days, milliseconds } = end.diff(start, ['days', 'milliseconds']);
  return {
    from: start.minus({ days, milliseconds }).toUTC().toISO()!,
    to: start.toUTC().toISO()!,
    timeZone: window.timeZone,
  };
}

/**
 * The interval that shows a window well: days up to 31 days, weeks up to 180, else months.
 *
 * @public
 */
export function defaultInterval(window: DoraWindow): DoraReport['interval'] {
  const { days } = parseWindow(window);
  if (days <= 31) {
    return 'day';
  }
  return days <= 180 ? 'week' : 'month';
}

/** More points than anybody can read; a request for them is a mistake. */
const MAX_POINTS = 1_500;

/**
 * Cuts a window at the starts of calendar days, ISO weeks (from Monday) or calendar months of its
 * zone. The first and the last span are as short as the window makes them.
 */
export function intervalSpans(
  window: ParsedWindow,
  interval: DoraReport['interval'],
): IntervalSpan[] {
  const spans: IntervalSpan[] = [];
  let from = window.start;
  while (from < window.end) {
    const next = from.startOf(interval).plus({ [interval]: 1 });
    const to = next < window.end ? next : window.end;
    spans.push({
      from: from.toMillis(),
      to: to.toMillis(),
      days: to.diff(from, 'days').days,
    });
    if (spans.length > MAX_POINTS) {
      throw new InputError(
        `The window has more than ${MAX_POINTS} points of one ${interval}: choose a shorter window or a longer interval`,
      );
    }
    from = to;
  }
  return spans;
}

/**
 * Spans of a number of days, counted back from the end of a window; what is left at its start and
 * shorter than a span is not among them. A window shorter than one span is one span.
 */
export function trailingSpans(window: ParsedWindow, days: number): Span[] {
  const spans: Span[] = [];
  let to = window.end;
  let from = to.minus({ days });
  while (from >= window.start) {
    spans.push({ from: from.toMillis(), to: to.toMillis() });
    to = from;
    from = to.minus({ days });
  }
  return spans.length > 0 ? spans : [{ from: window.from, to: window.to }];
}

/** Index of the span that a moment is in, by halving; spans are ascending. -1 for none. */
export function spanIndex(spans: readonly Span[], moment: number): number {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (moment < spans[middle].from) {
      high = middle - 1;
    } else if (moment >= spans[middle].to) {
      low = middle + 1;
    } else {
      return middle;
    }
  }
  return -1;
}
