import pg from 'pg'

/** Which of someone's names a unique key says is somebody else's; undefined for any other error. */
export function takenName(error: unknown): 'email' | 'username' | undefined {
  switch (error instanceof pg.DatabaseError ? error.constraint : undefined) {
    case 'users_email_key':
      return 'email'
    case 'users_username_key':
    case 'users_username_lower_key':
      return 'username'
  }
}
