import { PERMISSIONS, type Role } from '../domain/role.ts'

/** Who may switch on outside the schedule. */
export const MANAGERS_OF_HALL: readonly Role[] = PERMISSIONS['override-close']
