// What the routes of people take and give; the same schemas make the API description, the typed client and the checks.
import { z } from 'zod';
import { LONGEST_DAYS, TOKEN_SCOPE_IDS } from './api-tokens.ts';
import { ROLE_IDS } from './roles.ts';

const instant = () => z.iso.datetime();
const token = () => z.string().regex(/^[\w-]{43}$/, 'not a link of Ward');
/** What is typed to be checked is bounded only; the rules for new passwords are elsewhere. */
const typedPassword = () => z.string().min(1).max(256);
const newPassword = () => z.string().max(256);
const personName = () =>
  z
    .string()
    .trim()
    .min(1, 'needs a name')
    .max(200)
    .refine((name) => !/\p{Cc}/u.test(name), 'one line only');
const email = () =>
  z
    .string()
    .trim()
    .max(254)
    .pipe(z.email())
    .transform((text) => text.toLowerCase());
const code = () => z.string().trim().min(6).max(20);

export const IdParam = z.object({ id: z.uuid() });
export const Done = z.object({ done: z.literal(true) });

export const RoleGrant = z.object({ role: z.enum(ROLE_IDS), productId: z.uuid().nullable() });

export const Me = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  secondFactor: z.boolean(),
  roles: z.array(RoleGrant),
  via: z.enum(['session', 'token']),
  /** Scopes of the token; null in a session. */
  scopes: z.array(z.string()).nullable(),
});
export type Me = z.infer<typeof Me>;

export const SessionAnswer = z.object({ person: Me.nullable() });
export const SignIn = z.object({ email: z.string().trim().min(3).max(254), password: typedPassword() });
export const SignInAnswer = z.object({ step: z.enum(['done', 'totp']) });
export const Code = z.object({ code: code() });
export const Link = z.object({ token: token() });

export const FirstRunState = z.object({ needed: z.boolean() });
export const FirstRun = z.object({
  token: token(),
  name: personName(),
  email: email(),
  password: newPassword(),
});

export const PersonView = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  canSignIn: z.boolean(),
  disabled: z.boolean(),
  secondFactor: z.boolean(),
  roles: z.array(RoleGrant),
});
export const PersonList = z.object({ items: z.array(PersonView), next: z.string().nullable() });

export const NewInvitation = z.object({
  name: personName(),
  email: email(),
  suggested: z.array(RoleGrant).max(50).default([]),
});
export const InvitationMade = z.object({
  id: z.uuid(),
  personId: z.uuid(),
  /** Shown once; pass it on by a safe way. */
  url: z.string(),
  expiresAt: instant(),
  /** The link is on its way by mail as well. */
  mailed: z.boolean(),
});
export const InvitationView = z.object({
  id: z.uuid(),
  personId: z.uuid(),
  name: z.string(),
  email: z.string(),
  suggested: z.array(RoleGrant),
  invitedBy: z.uuid().nullable(),
  createdAt: instant(),
  expiresAt: instant(),
});
export const InvitationList = z.object({ items: z.array(InvitationView) });
export const AcceptInvitation = z.object({ token: token(), password: newPassword() });

export const PasswordAgain = z.object({ password: typedPassword() });
export const PasswordChange = z.object({ password: typedPassword(), newPassword: newPassword() });
export const EnrolmentView = z.object({ secret: z.string(), uri: z.string(), svg: z.string() });
export const BackupCodes = z.object({ backupCodes: z.array(z.string()) });

export const SessionView = z.object({
  id: z.uuid(),
  startedAt: instant(),
  lastSeenAt: instant(),
  endsAt: instant(),
  address: z.string(),
  userAgent: z.string(),
  /** The one that asks. */
  current: z.boolean(),
});
export const SessionList = z.object({ items: z.array(SessionView) });
export const SessionsEnded = z.object({ ended: z.number().int() });

export const NewToken = z.object({
  name: personName().max(100),
  scopes: z.array(z.enum(TOKEN_SCOPE_IDS)).min(1).max(TOKEN_SCOPE_IDS.length),
  productId: z.uuid().nullable().default(null),
  days: z.number().int().min(1).max(LONGEST_DAYS),
  password: typedPassword(),
});
export const TokenView = z.object({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(TOKEN_SCOPE_IDS)),
  productId: z.uuid().nullable(),
  createdAt: instant(),
  expiresAt: instant(),
  lastUsedAt: instant().nullable(),
});
export const TokenMade = TokenView.extend({ token: z.string() });
export const TokenList = z.object({ items: z.array(TokenView) });
