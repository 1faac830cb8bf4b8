/** The machine that everything runs on, as far as it says how busy it is. */
import type { Load } from '../core/load.ts';

export interface Machine {
  /** As it is now. Asked often: what takes time to find out is found out at most once a second. */
  readonly load: () => Load;
}
