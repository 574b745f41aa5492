// All routes of people together, to be mounted under `/api`.
import { newRouter } from '../http/router.ts';
import type { PeopleService } from './create-people.ts';
import { invitationApi, type MailInvitation } from './invitation-api.ts';
import { meApi } from './me-api.ts';
import { passkeyApi } from './passkey-api.ts';
import { personApi } from './person-api.ts';
import { savedViewsApi } from './saved-views-api.ts';
import { sessionApi } from './session-api.ts';
import { tokenApi } from './token-api.ts';

export function peopleApi(people: PeopleService, mailInvitation: MailInvitation = async () => false) {
  return newRouter()
    .route('/', sessionApi(people))
    .route('/', passkeyApi(people))
    .route('/', meApi(people))
    .route('/', savedViewsApi(people))
    .route('/', personApi(people))
    .route('/', invitationApi(people, mailInvitation))
    .route('/', tokenApi(people));
}

/** For the typed client: `hc<PeopleApi>('/api')`. */
export type PeopleApi = ReturnType<typeof peopleApi>;
