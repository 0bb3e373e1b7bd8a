import { PERMISSIONS, ROLES } from '../../../../../../gateway/src/domain/role.ts'
import type { Permission, Role } from '../../../session/session.ts'
import { named } from '../../../words/language.ts'
import { wordsOf } from '../../../words/words.ts'
import { en } from './permission-words.en.ts'
import { zh } from './permission-words.zh.ts'

export type { Role }
export { PERMISSIONS }

export const roleIds = Object.keys(ROLES) as readonly Role[]
export const permissionIds = Object.keys(PERMISSIONS) as readonly Permission[]
export const permissionName = wordsOf(zh, en)
export const roleName = (role: Role): string => named(ROLES[role])
/** `班长、运营` */
export const roleNames = (roles: readonly Role[]): string => roles.map(roleName).join(' · ')
export const isGranted = (role: Role, permission: Permission): boolean =>
  (PERMISSIONS[permission] as readonly Role[]).includes(role)
