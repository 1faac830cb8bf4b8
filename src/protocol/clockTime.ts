/** A moment as somebody's clock shows it: the local time of the process that asks. Owns: its form. */

const minuteMs = 60_000;

/** `14:05`; `14:05:20` when it is no two minutes off; `2026-11-27 14:05` on another day than `now`. Both ms since 1970. */
export function clockTime(at: number, now: number): string {
  const [moment, today] = [new Date(at), new Date(now)];
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(moment.getHours())}:${two(moment.getMinutes())}${at - now < 2 * minuteMs ? `:${two(moment.getSeconds())}` : ''}`;
  return moment.toDateString() === today.toDateString() ? time : `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())} ${time}`;
}
