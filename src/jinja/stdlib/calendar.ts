/** Days of the Gregorian calendar, counted as Python's ordinals: 0001-01-01 is day 1. */

const DAYS_BEFORE = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function daysBeforeYear(year: number): number {
  const y = year - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
}

export function dayOfYear(year: number, month: number, day: number): number {
  return (DAYS_BEFORE[month] ?? 0) + (month > 2 && isLeap(year) ? 1 : 0) + day;
}

export function toOrdinal(year: number, month: number, day: number): number {
  return daysBeforeYear(year) + dayOfYear(year, month, day);
}

export function fromOrdinal(ordinal: number): { year: number; month: number; day: number } {
  let year = Math.max(1, Math.floor((ordinal - 1) / 365.2425) + 1);
  while (daysBeforeYear(year + 1) < ordinal) year++;
  while (daysBeforeYear(year) >= ordinal) year--;
  let rest = ordinal - daysBeforeYear(year);
  let month = 1;
  while (rest > daysInMonth(year, month)) rest -= daysInMonth(year, month++);
  return { year, month, day: rest };
}

/** 0 = Monday */
export function weekday(ordinal: number): number {
  return (ordinal + 6) % 7;
}

/** ISO year, week and day (1 = Monday). */
export function isoCalendar(ordinal: number): { year: number; week: number; day: number } {
  const day = weekday(ordinal) + 1;
  const thursday = fromOrdinal(ordinal - day + 4);
  const week = Math.floor((dayOfYear(thursday.year, thursday.month, thursday.day) - 1) / 7) + 1;
  return { year: thursday.year, week, day };
}

export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/** The ordinal of 1970-01-01. */
export const EPOCH = 719163;
