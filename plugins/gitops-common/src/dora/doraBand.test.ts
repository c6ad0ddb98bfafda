import { doraBand } from './doraBand';
import { durationText } from './durationText';
import { median } from './median';

const HOUR = 3600;
const DAY = 24 * HOUR;

describe('doraBand', () => {
  it.each([
    [2023, [DAY - 1, DAY, 7 * DAY, 30 * DAY]],
    [2021, [HOUR - 1, HOUR, 7 * DAY, 180 * DAY]],
  ] as const)('reads the lead times of %s', (year, values) => {
    expect(
      values.map(value => doraBand('lead-time-for-changes', value, year)),
    ).toEqual(
      ['elite', 'high', 'medium', 'low'].map(level => ({ level, year })),
    );
  });

  it.each([
    [2023, [0.05, 0.1, 0.15, 0.16]],
    [2021, [0.15, 0.2, 0.3, 0.31]],
  ] as const)('reads the fail rates of %s', (year, values) => {
    expect(
      values.map(value => doraBand('change-fail-rate', value, year)?.level),
    ).toEqual(['elite', 'high', 'medium', 'low']);
  });

  it('reads recovery times alike in both years', () => {
    for (const year of [2021, 2023] as const) {
      expect(
        [HOUR - 1, HOUR, DAY, 7 * DAY].map(
          value =>
            doraBand('failed-deployment-recovery-time', value, year)?.level,
        ),
      ).toEqual(['elite', 'high', 'medium', 'low']);
    }
  });

  it('reads the frequency from deployment days', () => {
    const rhythms = [
      { daysPerWeek: 5, daysPerMonth: 20, daysPerHalfYear: 120 },
      { daysPerWeek: 1, daysPerMonth: 4, daysPerHalfYear: 26 },
      { daysPerWeek: 0, daysPerMonth: 1, daysPerHalfYear: 6 },
      { daysPerWeek: 0, daysPerMonth: 0, daysPerHalfYear: 1 },
      { daysPerWeek: 0, daysPerMonth: 0, daysPerHalfYear: 0 },
    ];
    const levels = (year: 2021 | 2023) =>
      rhythms.map(one => doraBand('deployment-frequency', one, year)?.level);
    expect(levels(2023)).toEqual(['elite', 'high', 'medium', 'low', 'low']);
    expect(levels(2021)).toEqual(['elite', 'high', 'high', 'medium', 'low']);
  });

  it('has none for the rework rate', () => {
    expect(doraBand('rework-rate', 0.1)).toBeUndefined();
  });
});

describe('median', () => {
  it('takes the middle, or the mean of the two middle values', () => {
    expect(median([])).toBeUndefined();
    expect(median([10, 9, 100])).toBe(10);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

describe('durationText', () => {
  it('names the two largest units', () => {
    expect([0, 1, 60, 3_661, 86_400, 90_061, 86_460].map(durationText)).toEqual(
      [
        '0 seconds',
        '1 second',
        '1 minute',
        '1 hour 1 minute',
        '1 day',
        '1 day 1 hour',
        '1 day',
      ],
    );
  });
});
