import type { AnyTemplate } from '../../../platform/messages/index.ts'
import { accountExists } from './account-exists.ts'
import { accountLeaving } from './account-leaving.ts'
import { accountRestored } from './account-restored.ts'
import { accountSuspended } from './account-suspended.ts'
import { coachApplicationDecided } from './coach-application-decided.ts'
import { emailChangeConfirm } from './email-change-confirm.ts'
import { emailChanged } from './email-changed.ts'
import { factorChanged } from './factor-changed.ts'
import { newSignIn } from './new-sign-in.ts'
import { passwordChanged } from './password-changed.ts'
import { phoneCode } from './phone-code.ts'
import { phoneReleased } from './phone-released.ts'
import { resetPassword } from './reset-password.ts'
import { roleChanged } from './role-changed.ts'
import { verifyEmail } from './verify-email.ts'

/** Everything that identity says to people by mail and SMS. */
export const identityTemplates: readonly AnyTemplate[] = [
  verifyEmail,
  accountExists,
  accountLeaving,
  resetPassword,
  passwordChanged,
  emailChangeConfirm,
  emailChanged,
  newSignIn,
  factorChanged,
  roleChanged,
  accountSuspended,
  accountRestored,
  coachApplicationDecided,
  phoneCode,
  phoneReleased,
]
