/** Who decides in this window, for the record. Owns nothing else. */
import { userInfo } from 'node:os';

export function personHere(): string {
  try {
    return `${userInfo().username} in VS Code`;
  } catch {
    return 'somebody in VS Code'; // an account without a name, as in some containers
  }
}
