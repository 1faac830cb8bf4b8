/** What the commands of the editor share: whom they ask, what is open before the person, and where they say what came of it. */
import type { Report } from '../report.ts';
import type { Repositories } from '../runs/repositories.ts';
import type { SecretKeys } from '../secretKeys.ts';
import type { ReviewComments } from './reviewComments.ts';
import type { Reviews } from './reviews.ts';

export interface Desk { readonly repositories: Repositories; readonly reviews: Reviews; readonly comments: ReviewComments; readonly keys: SecretKeys; readonly report: Report }
