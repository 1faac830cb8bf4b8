/** Times of cron expressions, in local time. Owns: the library that knows them. Refuses: to wait for one. */
import { Cron } from 'croner';

/** More missed times than these are not counted: "or more". */
const countedTimes = 1_000;

/** Times after `after` and not later than `until` (ms since 1970), oldest first, `countedTimes` at most; none for what is no schedule. */
export function timesBetween(cron: string, after: number, until: number): readonly number[] {
  const times: number[] = [];
  for (let at = nextTime(cron, after); at !== null && at <= until && times.length < countedTimes; at = nextTime(cron, at)) times.push(at);
  return times;
}

/** The first time after `after`; null when there is none. */
export function nextTime(cron: string, after: number): number | null {
  try {
    return new Cron(cron, { paused: true }).nextRun(new Date(after))?.getTime() ?? null;
  } catch {
    return null;
  }
}
