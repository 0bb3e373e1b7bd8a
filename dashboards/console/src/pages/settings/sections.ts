import type { Permission } from '../../session/session.ts'
import { wordsOf } from '../../words/words.ts'
import { en } from './words.en.ts'
import { zh } from './words.zh.ts'

/** Words of the way through the settings: they are part of the shell, so only the titles stand here. */
export const settingsWords = wordsOf(zh, en)

/** The pages of the side navigation, in its order, with the permission without which a page is empty. */
export const SECTIONS = [
  { path: 'site', title: 'site', needs: 'read-settings' },
  { path: 'devices', title: 'devices', needs: 'read-settings' },
  { path: 'profiles', title: 'profiles', needs: 'read-settings' },
  { path: 'rules', title: 'rules', needs: 'read-settings' },
  { path: 'channels', title: 'channels', needs: 'see-notices' },
  { path: 'duty', title: 'duty', needs: 'read-settings' },
  { path: 'tariffs-and-facts', title: 'facts', needs: 'read-settings' },
  { path: 'users', title: 'users', needs: 'manage-users' },
  { path: 'audit', title: 'audit', needs: 'see-audit' },
  { path: 'backup', title: 'backup', needs: 'back-up' },
  { path: 'about', title: 'about' },
] as const satisfies readonly { path: string; title: keyof typeof zh; needs?: Permission }[]
