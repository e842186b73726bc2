export {
  closeAccount,
  forgetPerson,
  mailWayBack,
  reopenAccount,
  tellReaders,
} from './account-closing.ts'
export { tellAccount } from './account-mail.ts'
export { FORGET_DIRECTORY, FORGET_FEEDS } from './directory.ts'
export { hearsEverybody } from './hearing.ts'
export { readOnBehalf } from './impersonation.ts'
export { mailboxLink } from './mail/mailbox-link.ts'
export { type Maintenance, watchMaintenance } from './maintenance.ts'
export { forgetMe, meKey } from './me-cache.ts'
export {
  GATHERED,
  NOTIFICATION_TYPES,
  type NotificationSettings,
  type NotificationType,
  OPTIONAL_CHANNELS,
  type OptionalChannel,
  wayOut,
} from './notification-matrix.ts'
export { grantAsOperator, OPERATOR_ROLES, operatorsView } from './operator-grants.ts'
export { settlePartnerRole } from './partner-role.ts'
export { findPerson } from './people.ts'
export { may, PERMISSIONS } from './permissions.ts'
export { openPhone } from './phones.ts'
export { type Picture, setProfilePicture } from './pictures.ts'
export { markPresent, onlineAmong, WATCHED_PEOPLE } from './presence.ts'
export { closeUsers } from './queries/account-closing.ts'
export { emailOf } from './queries/accounts.ts'
export { isBlockedBetween, mayMessage } from './queries/people.ts'
export { refreshPeople } from './refresh.ts'
export { PersonCard, PersonPath } from './schemas/people.ts'
export { CoverKey, PhotoKey } from './schemas/pictures.ts'
export { sealedOfAccounts } from './sealed-columns.ts'
export { deviceName } from './session-list.ts'
export { authenticate, type SessionStanding, standingOfSessions } from './sessions.ts'
export { areTypesOn, switchTypes } from './settings.ts'
export { tellStaff } from './staff-mail.ts'
export { recordRead, recordReadText } from './staff-reads.ts'
export { consumeToken, issueToken, tokenHash } from './tokens.ts'
